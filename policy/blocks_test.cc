// SPDX-License-Identifier: Apache-2.0
#include "policy/blocks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "policy/testing/compile_text.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

Policy Including(std::string_view block, std::string_view families) {
    return testing::ReadText(
               {{"p.yaml", "bailiff: 1\npolicy: p\ndefault: { deny: " + std::string(families) +
                               " }\ninclude: " + std::string(block) + "\n"}})
        .at(0);
}

constexpr std::string_view kAllFamilies =
    "[file, exec, net, mount, umount, pivot-root, chroot, kernel, namespace, process]";

// As if each were a policy that closes everything: then nothing of it may be wrong.
TEST(Blocks, AreRulesThatAllow) {
    ASSERT_FALSE(Blocks().empty());
    EXPECT_TRUE(std::ranges::is_sorted(Blocks(), {}, &Block::name));
    for (const Block& block : Blocks()) {
        std::string text(block.text);
        const std::string head = "bailiff-block: 1\nblock: " + std::string(block.name) + "\n";
        const size_t at = text.find(head);
        ASSERT_NE(at, std::string::npos) << block.name;
        text.replace(
            at, head.size(),
            "bailiff: 1\npolicy: p\ndefault: { deny: " + std::string(kAllFamilies) + " }\n");
        const Policy policy = testing::ReadText({{std::string(block.name), text}}).at(0);
        EXPECT_FALSE(policy.description.empty()) << block.name;
        const Policy including = Including(block.name, kAllFamilies);
        ASSERT_EQ(including.rules.size(), policy.rules.size()) << block.name;
        for (size_t i = 0; i + 1 < policy.rules.size(); i++) {
            EXPECT_EQ(policy.rules[i].kind, RuleKind::kAllows) << block.name;
            EXPECT_EQ(including.rules[i].operations, policy.rules[i].operations) << block.name;
            EXPECT_EQ(including.rules[i].where.line, 4U);
        }
    }
}

TEST(Blocks, OpenOnlyWhatThePolicyCloses) {
    const Policy policy = Including("base/name-resolution", "net");
    for (const Rule& rule : policy.rules) {
        for (unsigned i = 0; i < BLF_OPERATION_COUNT; i++) {
            if (rule.operations >> i & 1) {
                EXPECT_EQ(FamilyOf(i), "net");
            }
        }
    }
    EXPECT_GT(policy.rules.size(), 3U);
    EXPECT_EQ(Including("base/locale", "net").rules.size(), 1U);
}

// A library is mapped, which is of the family `file`, also where `exec` is not closed.
TEST(Blocks, OpenWhatGoesWithWhatIsNotClosed) {
    const blf_set allowed = Including("base/dynamic-program", "file").rules[0].operations;
    EXPECT_TRUE(allowed & BLF_BIT(FILE_MMAP_EXEC));
    EXPECT_TRUE(allowed & BLF_BIT(FILE_READ));
    EXPECT_FALSE(allowed & BLF_BIT(EXEC_LIBRARY));
}

TEST(Blocks, ADynamicProgramNeedsNothingElse) {
    const auto warnings = [](const std::string& include) {
        const Sources sources = {
            {"p.yaml", "bailiff: 1\npolicy: p\ndefault: { deny: [file, exec] }\n" + include}};
        Diagnostics diagnostics;
        CompileLimits limits;
        limits.review = kReviewWork;
        EXPECT_TRUE(Compile(testing::ReadText(sources), sources, &diagnostics, limits));
        return diagnostics.Render(sources);
    };
    EXPECT_EQ(warnings("include: base/dynamic-program\n"), "");
    const std::string told = warnings("rules: [{ allow: file.read, path: /usr/lib/** }]\n");
    EXPECT_NE(told.find("exec.library of the C library"), std::string::npos) << told;
    EXPECT_NE(told.find("file.read, file.write of /dev/null"), std::string::npos) << told;
    EXPECT_EQ(told.find("the loader"), std::string::npos) << told;
}

}  // namespace
}  // namespace bailiff::policy
