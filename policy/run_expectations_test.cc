// SPDX-License-Identifier: Apache-2.0
#include "policy/run_expectations.h"

#include <gtest/gtest.h>

#include <string>

#include "policy/testing/compile_text.h"

namespace bailiff::policy {
namespace {

const char* const kPolicies = R"(bailiff: 1
policy: keys
rules:
- { deny: file.read, path: /k/**, except: { exe: /sshd }, errno: EACCES }
- { deny: file.open, name: a }
---
bailiff: 1
policy: watch
mode: audit
rules:
- { deny: file.write, path: /log }
)";

// "+" or "-" and what was found, for each request of the list.
std::string Outcome(const std::string& requests) {
    static const Image image = testing::CompileText(kPolicies);
    const Sources sources = {{"t.yaml", "bailiff-test: 1\nrequests:\n" + requests}};
    Diagnostics diagnostics;
    const auto sets = ReadExpectations(sources, testing::FixtureUsers, &diagnostics);
    EXPECT_EQ(diagnostics.Render(sources), "");
    std::string text;
    for (const auto& set : sets) {
        for (const TestResult& result : RunExpectations(image.view(), set)) {
            text += (result.passed ? "+ " : "- ") + result.found + "\n";
        }
    }
    return text;
}

TEST(RunExpectations, TheThreeVerdicts) {
    EXPECT_EQ(
        Outcome("- {op: file.read, path: /k/b, expect: deny}\n"
                "- {op: file.read, path: /k/b, exe: /sshd, expect: allow}\n"
                "- {op: file.write, path: /log, expect: audit}\n"),
        "+ deny (EACCES) by keys/1 at test.yaml:4\n+ allow\n+ audit by watch/1 at test.yaml:11\n");
    // Each is another than both others.
    EXPECT_EQ(Outcome("- {op: file.read, path: /k/b, expect: audit}\n"
                      "- {op: file.write, path: /log, expect: allow}\n"
                      "- {op: file.write, path: /log, expect: deny}\n"
                      "- {op: file.read, path: /x, expect: audit}\n"),
              "- deny (EACCES) by keys/1 at test.yaml:4\n- audit by watch/1 at test.yaml:11\n"
              "- audit by watch/1 at test.yaml:11\n- allow\n");
}

// Two rules deny; the first gives the errno, and either may be expected.
TEST(RunExpectations, ARuleThatAppliesCountsWhicheverIsNamedFirst) {
    const std::string request = "- {op: file.read, path: /k/a, expect: deny, ";
    for (const char* rule :
         {"rule: keys/1}\n", "rule: keys/2}\n", "rule: keys}\n", "errno: EACCES}\n"}) {
        EXPECT_EQ(Outcome(request + rule), "+ deny (EACCES) by keys/1 at test.yaml:4\n") << rule;
    }
    EXPECT_EQ(Outcome("- {op: file.read, path: /k/b, expect: deny, rule: keys/2}\n"),
              "- deny (EACCES) by keys/1 at test.yaml:4\n");
    EXPECT_EQ(Outcome(request + "errno: EPERM}\n"), "- deny (EACCES) by keys/1 at test.yaml:4\n");
}

// A rule that only audits is not the one that denies.
TEST(RunExpectations, AnAuditedRuleDeniesNothing) {
    EXPECT_EQ(Outcome("- {op: file.write, path: /log, expect: audit, rule: watch}\n"
                      "- {op: file.write, path: /log, expect: audit, rule: keys}\n"),
              "+ audit by watch/1 at test.yaml:11\n- audit by watch/1 at test.yaml:11\n");
}

TEST(RunExpectations, OneForEachOperationAndPath) {
    EXPECT_EQ(
        Outcome("- {op: [file.read, file.open], path: [/k/b, /x], expect: deny, uid: alice}\n"),
        "+ deny (EACCES) by keys/1 at test.yaml:4\n- allow\n- allow\n- allow\n");
}

TEST(Expectations, AreToldFromPolicies) {
    auto is = [](std::string text) { return IsExpectations({"x.yaml", std::move(text)}); };
    const std::string test = "bailiff-test: 1\nrequests: []\n";
    EXPECT_TRUE(is(test));
    EXPECT_TRUE(is("# a comment\n\n---\n" + test));
    EXPECT_TRUE(is(test + "---\n" + test));
    // Never a policy, and nothing that could have one in it.
    EXPECT_FALSE(is("bailiff: 1\npolicy: p\n"));
    EXPECT_FALSE(is(test + "---\nbailiff: 1\npolicy: p\n"));
    EXPECT_FALSE(is(test + "bailiff: 1\n"));
    EXPECT_FALSE(is(test + "---\n- x: [\n"));
    EXPECT_FALSE(is("policy: p\nbailiff-test: 1\n"));
    EXPECT_FALSE(is(""));
}

}  // namespace
}  // namespace bailiff::policy
