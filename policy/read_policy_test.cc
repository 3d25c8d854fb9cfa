// SPDX-License-Identifier: Apache-2.0
//
// What the goldens of policy/golden_test.cc cannot show: several files, users, limits.
#include "policy/read_policy.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <string>

#include "abi/operation.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

std::optional<uint32_t> NoUsers(std::string_view) {
    return std::nullopt;
}

std::string PolicyText(const std::string& name, const std::string& rest = "{ name: y }") {
    return "bailiff: 1\npolicy: " + name + "\nrules: [{ deny: file.open, path: /x, " +
           rest.substr(1) + "]\n";
}

TEST(ReadPolicies, ReadsAllFilesInOrder) {
    const Sources sources = {{"a", PolicyText("one") + "---\n" + PolicyText("two")},
                             {"b", PolicyText("three")}};
    Diagnostics diagnostics;
    const std::vector<Policy> policies = ReadPolicies(sources, NoUsers, &diagnostics);
    EXPECT_EQ(diagnostics.Render(sources), "");
    ASSERT_EQ(policies.size(), 3u);
    EXPECT_EQ(policies[0].name, "one");
    EXPECT_EQ(policies[1].name, "two");
    EXPECT_EQ(policies[2].name, "three");
    EXPECT_EQ(policies[1].where.line, 6u);
    EXPECT_EQ(policies[2].where.file, 1u);
    EXPECT_EQ(policies[2].rules[0].where.file, 1u);
    EXPECT_EQ(policies[2].rules[0].objects.size(), 2u);
}

TEST(ReadPolicies, NamesTheFirstOfTwoPoliciesOfOneName) {
    const Sources sources = {{"a.yaml", PolicyText("p")}, {"b.yaml", PolicyText("p")}};
    Diagnostics diagnostics;
    ReadPolicies(sources, NoUsers, &diagnostics);
    EXPECT_EQ(diagnostics.Render(sources),
              "b.yaml:2:9: error: duplicate policy name `p`\n"
              "    2 | policy: p\n"
              "      |         ^ the first is at a.yaml:2:9\n");
}

TEST(ReadPolicies, TellsTheMistakesOfAllFiles) {
    const Sources sources = {
        {"a", "nonsense: [\n"}, {"b", "\xff"}, {"c", PolicyText("c")}, {"d", ""}};
    Diagnostics diagnostics;
    ReadPolicies(sources, NoUsers, &diagnostics);
    ASSERT_EQ(diagnostics.list().size(), 3u);
    EXPECT_EQ(diagnostics.list()[0].where.file, 0u);
    EXPECT_EQ(diagnostics.list()[1].where.file, 1u);
    EXPECT_EQ(diagnostics.list()[2].where.file, 3u);
}

TEST(ReadPolicies, AsksForUsersByNameOnly) {
    std::vector<std::string> asked;
    const Accounts users = [&](std::string_view name) -> std::optional<uint32_t> {
        asked.emplace_back(name);
        return 33;
    };
    const Sources sources = {
        {"a", PolicyText("p", "{ except: { uid: [www-data, 5, 6-4294967294] } }")}};
    Diagnostics diagnostics;
    const std::vector<Policy> policies = ReadPolicies(sources, users, &diagnostics);
    EXPECT_EQ(diagnostics.Render(sources), "");
    EXPECT_EQ(asked, std::vector<std::string>{"www-data"});
    const std::vector<NumberRange> expected = {{33, 33}, {5, 5}, {6, 4294967294}};
    EXPECT_EQ(policies[0].rules[0].except.uid, expected);
}

TEST(ReadPolicies, HasDefaults) {
    const Sources sources = {{"a", PolicyText("p")}};
    Diagnostics diagnostics;
    const std::vector<Policy> policies = ReadPolicies(sources, NoUsers, &diagnostics);
    ASSERT_EQ(policies.size(), 1u);
    EXPECT_EQ(policies[0].mode, Mode::kEnforce);
    EXPECT_TRUE(policies[0].applies_to.empty());
    EXPECT_TRUE(policies[0].rules[0].except.empty());
    EXPECT_EQ(policies[0].rules[0].error, EPERM);
    EXPECT_EQ(policies[0].rules[0].operations, BLF_BIT(FILE_OPEN));
}

TEST(ReadPolicies, ReadsAHundredThousandPaths) {
    std::string text = "bailiff: 1\npolicy: p\nrules:\n- deny: file.open\n  path:\n";
    for (int i = 0; i < 100'000; ++i) {
        text += "  - /srv/data/tenant-" + std::to_string(i) + "/private/**\n";
    }
    const Sources sources = {{"a", std::move(text)}};
    Diagnostics diagnostics;
    const std::vector<Policy> policies = ReadPolicies(sources, NoUsers, &diagnostics);
    EXPECT_EQ(diagnostics.Render(sources), "");
    ASSERT_EQ(policies.size(), 1u);
    EXPECT_EQ(policies[0].rules[0].objects.size(), 100'000u);
}

TEST(ReadPolicies, RefusesNestingQuickly) {
    const auto begin = std::chrono::steady_clock::now();
    for (const char* unit :
         {"[", "{", "[\n", "{\n", "- ", "? ", "[a: ", "{a: ", "[a,\n", "{},\n"}) {
        std::string text;
        while (text.size() < size_t{2} << 20) text += unit;
        const Sources sources = {{"a", std::move(text)}};
        Diagnostics diagnostics;
        ReadPolicies(sources, NoUsers, &diagnostics);
        EXPECT_TRUE(diagnostics.has_errors()) << unit;
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
}

TEST(Words, AreComplete) {
    EXPECT_EQ(OperationWords().size(), static_cast<size_t>(BLF_OPERATION_COUNT));
    EXPECT_EQ(OperationByWord("file.read"), static_cast<unsigned>(BLF_OP_FILE_READ));
    EXPECT_EQ(OperationByWord("file"), std::nullopt);
    for (std::string_view word : ErrnoWords()) EXPECT_EQ(ErrnoWord(*ErrnoByWord(word)), word);
    EXPECT_EQ(ErrnoByWord("EACCES"), EACCES);
    EXPECT_EQ(ErrnoByWord("ENOANO"), std::nullopt);
}

}  // namespace
}  // namespace bailiff::policy
