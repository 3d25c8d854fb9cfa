// SPDX-License-Identifier: Apache-2.0
#include "policy/classify.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bailiff::policy {
namespace {

using Components = std::vector<std::string>;

Components Split(std::string_view path) {
    return SplitPath(path).value_or(Components{"(refused)"});
}

TEST(SplitPath, GivesTheComponentsThatTheKernelSees) {
    EXPECT_EQ(Split("/"), Components{});
    EXPECT_EQ(Split("/a"), (Components{"a"}));
    EXPECT_EQ(Split("//a///b/"), (Components{"a", "b"}));
    EXPECT_EQ(Split("/./a/././b/."), (Components{"a", "b"}));
    EXPECT_EQ(Split("/.../..a/.b"), (Components{"...", "..a", ".b"}));
}

TEST(SplitPath, RefusesRelativeOnesAndDotDot) {
    for (const char* path : {"", "a", "./a", "/..", "/a/..", "/a/../b", "//../"}) {
        const auto components = SplitPath(path);
        ASSERT_FALSE(components) << path;
        EXPECT_EQ(components.error().kind, ErrorKind::kUsage);
    }
}

}  // namespace
}  // namespace bailiff::policy
