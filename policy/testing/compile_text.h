// SPDX-License-Identifier: Apache-2.0
//
// Text to models and images, for tests. Whatever is unexpectedly wrong fails the test.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/compile.h"
#include "policy/read_policy.h"

namespace bailiff::policy::testing {

inline std::optional<uint32_t> FixtureUsers(std::string_view name) {
    if (name == "root") return 0;
    if (name == "alice") return 1000;
    return std::nullopt;
}

inline std::vector<Policy> ReadText(const Sources& sources) {
    Diagnostics diagnostics;
    std::vector<Policy> policies = ReadPolicies(sources, FixtureUsers, &diagnostics);
    EXPECT_EQ(diagnostics.Render(sources), "");
    return policies;
}

inline Image CompileModel(const std::vector<Policy>& policies, const Sources& sources) {
    Diagnostics diagnostics;
    std::optional<Image> image = Compile(policies, sources, &diagnostics);
    EXPECT_EQ(diagnostics.Render(sources), "");
    EXPECT_TRUE(image);
    return image ? *std::move(image) : EmptyImage();
}

inline Image CompileText(const Sources& sources) {
    return CompileModel(ReadText(sources), sources);
}

inline Image CompileText(std::string text) {
    return CompileText(Sources{{"test.yaml", std::move(text)}});
}

// One policy's beginning: rules follow.
inline std::string Head(std::string_view name) {
    return "bailiff: 1\npolicy: " + std::string(name) + "\nrules:\n";
}

// The patterns as the policy language reads them.
inline std::vector<PathPattern> ReadPatterns(const std::vector<std::string>& texts) {
    std::string text = Head("patterns") + "- deny: file.open\n  path:\n";
    for (const std::string& pattern : texts) text += "  - \"" + pattern + "\"\n";
    return ReadText({{"patterns.yaml", text}}).at(0).rules.at(0).objects;
}

}  // namespace bailiff::policy::testing
