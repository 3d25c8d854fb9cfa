// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>

#include "decide/testing/generate.h"
#include "fmt/format.h"
#include "policy/read_policy.h"
#include "tests/vm/programs/differential/cases.h"

namespace bailiff::differential {
namespace {

using decide::testing::AllTexts;
using policy::PathPattern;

// Two rules each, and an image has room for 2,048. But the oracle asks each policy about each path.
constexpr size_t kPairs = 200;

// Each kind of component there is.
const std::vector<std::string> kComponents = {"a", "*", "?", "[!a]", "{b,ab}", "a*", "**"};

std::vector<PathPattern> AllPatterns(size_t depth) {
    std::string text = "bailiff: 1\npolicy: all\nrules:\n- deny: file.open\n  path:\n";
    for (const std::string& pattern : AllTexts(kComponents, depth, "")) {
        text += fmt::format("  - '{}/pairs{}'\n", kPlace, pattern);
    }
    policy::Diagnostics diagnostics;
    const auto nobody = [](std::string_view) -> std::optional<uint32_t> { return std::nullopt; };
    return policy::ReadPolicies({{"all", text}}, nobody, &diagnostics).at(0).rules.at(0).objects;
}

policy::Rule DenyRead(const PathPattern& pattern, int error) {
    policy::Rule rule;
    rule.operations = BLF_BIT(FILE_READ);
    rule.objects = {pattern};
    rule.error = error;
    return rule;
}

std::vector<OraclePath> AllPaths(size_t depth) {
    std::vector<OraclePath> paths;
    for (const std::string& text : AllTexts({"a", "b", "ab"}, depth, "")) {
        OraclePath path{{"tmp", "differential", "pairs"}};
        for (size_t at = 0; at < text.size();) {
            const size_t end = std::min(text.find('/', at + 1), text.size());
            path.components.push_back(text.substr(at + 1, end - at - 1));
            at = end;
        }
        paths.push_back(path);
    }
    std::ranges::reverse(paths);  // the longer first
    return paths;
}

}  // namespace

Case PairsOfPatterns(size_t depth, size_t part) {
    const std::vector<PathPattern> patterns = AllPatterns(depth);
    Case made{.title = fmt::format("pairs, part {}", part),
              .directory = fmt::format("{}/pairs", kPlace),
              .policies = {},
              .objects = AllPaths(depth),
              .exes = {{{"tmp", "differential", "asker"}}},
              .uids = {},
              .asks = {BLF_ASK_FILE_OPEN_READ}};
    size_t number = 0;
    for (size_t i = 0; i < patterns.size(); i++) {
        for (size_t j = i + 1; j < patterns.size(); j++, number++) {
            if (number / kPairs != part) continue;
            const auto uid = static_cast<uint32_t>(number % kPairs);
            made.uids.push_back(uid);
            policy::Policy& policy = made.policies.emplace_back();
            policy.name = fmt::format("pair-{}", uid);
            policy.applies_to.uid = {{uid, uid}};
            policy.rules = {DenyRead(patterns[i], EPERM), DenyRead(patterns[j], EACCES)};
        }
    }
    return made;
}

}  // namespace bailiff::differential
