// SPDX-License-Identifier: Apache-2.0
//
// That Explain() gives the verdict of the oracle is decide/decision_test.cc; here is what it says
// besides.
#include "policy/explain.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "fmt/format.h"
#include "policy/testing/compile_text.h"

namespace bailiff::policy {
namespace {

const char* const kPolicies = R"(bailiff: 1
policy: keep
applies-to: { uid: 1000-1999 }
rules:
- { deny: file.read, path: /k/**, except: { exe: /sshd, uid: alice } }
- { deny: file.write, path: /k/a }
- { deny: file.read, path: /other, except: { exe: /sshd, uid: alice } }
---
bailiff: 1
policy: watch
mode: audit
rules:
- { deny: file.open, name: a }
)";

Explanation ExplainRead(const std::string& path, const std::string& exe, uint32_t uid) {
    static const Image image = testing::CompileText(kPolicies);
    auto explanation =
        Explain(image.view(),
                {.ask = BLF_ASK_FILE_OPEN_READ, .path = path, .who = {.exe = exe, .uid = uid}});
    EXPECT_TRUE(explanation);
    return explanation.value_or(Explanation{});
}

// "o-xu" where the rule's operation, executable and uid would match, but not its object; a `!`
// behind it where it applies.
std::string Opinion(const RuleOpinion& opinion) {
    return fmt::format("{}{}{}{}{}", opinion.operation ? 'o' : '-', opinion.object ? 'p' : '-',
                       opinion.who[BLF_BY_EXE] ? 'x' : '-', opinion.who[BLF_BY_UID] ? 'u' : '-',
                       opinion.applies ? "!" : "");
}

std::string Opinions(const Explanation& explanation) {
    std::string text;
    for (const RuleOpinion& opinion : explanation.opinions) text += Opinion(opinion) + " ";
    return text;
}

TEST(Explain, NamesTheRuleThatDeniesAndTheOneThatWould) {
    const Explanation explanation = ExplainRead("/k/a", "/cat", 1001);
    EXPECT_EQ(explanation.error, uint32_t{EPERM});
    EXPECT_EQ(explanation.reason, uint32_t{BLF_REASON_RULE});
    EXPECT_EQ(explanation.rule, 0U);
    EXPECT_EQ(explanation.audit_rule, 3U);
    EXPECT_EQ(Opinions(explanation), "opxu! -pxu o-xu opxu! ");
}

// An exception of two selectors needs both: sshd of somebody else, and alice with something else.
TEST(Explain, AnExceptionNeedsAllOfItsSelectors) {
    EXPECT_EQ(ExplainRead("/k/b", "/sshd", 1000).error, 0U);
    EXPECT_EQ(ExplainRead("/k/b", "/sshd", 1001).error, uint32_t{EPERM});
    EXPECT_EQ(ExplainRead("/k/b", "/cat", 1000).error, uint32_t{EPERM});
    EXPECT_EQ(ExplainRead("/k/b", "", 1000).error, uint32_t{EPERM});
}

TEST(Explain, SaysWhichDimensionStruckARuleOut) {
    EXPECT_EQ(Opinions(ExplainRead("/k/b", "/cat", 0)), "opx- --x- o-x- o-xu ");
    EXPECT_EQ(Opinions(ExplainRead("/", "/cat", 1001)), "o-xu --xu o-xu o-xu ");
}

// Rules that share a bit are told apart by the path.
TEST(Explain, TellsRulesOfOneClauseApart) {
    EXPECT_EQ(ExplainRead("/other", "/cat", 1001).rule, 2U);
    EXPECT_EQ(ExplainRead("/k/b", "/cat", 1001).rule, 0U);
}

TEST(Explain, WhatIsTooDeepIsDeniedForItsReason) {
    std::string deep;
    for (int i = 0; i <= BLF_DEPTH_MAX; i++) deep += "/d";
    const Explanation explanation = ExplainRead(deep, "/cat", 1001);
    EXPECT_EQ(explanation.error, uint32_t{EPERM});
    EXPECT_EQ(explanation.reason, uint32_t{BLF_REASON_TOO_DEEP});
    EXPECT_EQ(explanation.rule, BLF_NONE) << "no rule was found to match";
    EXPECT_EQ(ExplainRead(deep, "/cat", 0).error, 0U) << "no enforcing rule is about uid 0";
}

TEST(Explain, RefusesWhatOnlyAFileSystemResolves) {
    const Image image = EmptyImage();
    for (const char* path : {"relative", "/a/../b", ""}) {
        const auto explanation =
            Explain(image.view(), {.ask = BLF_ASK_FILE_OPEN, .path = path, .who = {}});
        ASSERT_FALSE(explanation) << path;
        EXPECT_EQ(explanation.error().kind, ErrorKind::kUsage);
    }
}

}  // namespace
}  // namespace bailiff::policy
