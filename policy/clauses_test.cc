// SPDX-License-Identifier: Apache-2.0
#include "policy/clauses.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fmt/format.h"
#include "policy/testing/compile_text.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

std::string Dump(const Subject& subject) {
    std::string text;
    for (const PathPattern& exe : subject.exe) text += " exe " + exe.text;
    for (UidRange uid : subject.uid) text += fmt::format(" uid {}-{}", uid.first, uid.last);
    return text;
}

// One line a clause: policy, mode, errno, operations; who, but who not; pattern:rule.
std::string Dump(const ClauseSet& set) {
    std::string text;
    for (const Clause& clause : set.clauses) {
        text += fmt::format("{}{} {} {}{}{}{} |", clause.policy,
                            clause.mode == Mode::kAudit ? " audit" : "", ErrnoWord(clause.error),
                            OperationList(clause.operations), Dump(clause.applies_to),
                            clause.except.empty() ? "" : " not", Dump(clause.except));
        for (auto [pattern, rule] : clause.objects)
            text += fmt::format(" {}:{}", pattern->text, rule);
        text += '\n';
    }
    return text;
}

struct Case {
    const char* rules;
    const char* dump;
};

const Case kCases[] = {
    {"- { deny: file.read, path: /a }", "0 EPERM file.read | /a:0\n"},
    // Rules that differ in their objects only.
    {"- { deny: file.read, path: /a }\n- { deny: file.read, path: [/b, /c] }",
     "0 EPERM file.read | /a:0 /b:1 /c:1\n"},
    // … and in anything else.
    {"- { deny: file.read, path: /a }\n- { deny: file.write, path: /a }\n"
     "- { deny: file.read, path: /a, errno: EACCES }",
     "0 EPERM file.read | /a:0\n0 EPERM file.write | /a:1\n0 EACCES file.read | /a:2\n"},
    // "not A or not B".
    {"- { deny: file.read, path: /a, except: { exe: [/x, /y], uid: 5 } }",
     "0 EPERM file.read not exe /x exe /y | /a:0\n0 EPERM file.read not uid 5-5 | /a:0\n"},
    {"- { deny: file.read, path: /a, except: { uid: 5 } }\n"
     "- { deny: file.read, path: /b }\n"
     "- { deny: file.read, path: /c, except: { uid: 5 } }",
     "0 EPERM file.read not uid 5-5 | /a:0 /c:2\n0 EPERM file.read | /b:1\n"},
};

TEST(Clauses, OfOnePolicy) {
    for (const Case& c : kCases) {
        const std::vector<Policy> policies =
            testing::ReadText({{"p.yaml", testing::Head("p") + c.rules + "\n"}});
        EXPECT_EQ(Dump(MakeClauses(policies)), c.dump) << c.rules;
    }
}

TEST(Clauses, OfTwoPoliciesAreNeverShared) {
    const std::vector<Policy> policies = testing::ReadText(
        {{"p.yaml", testing::Head("p") + "- { deny: file.read, path: /a }\n---\n" +
                        "bailiff: 1\npolicy: q\nmode: audit\napplies-to: { uid: 7 }\nrules:\n"
                        "- { deny: file.read, path: /a }\n"}});
    const ClauseSet set = MakeClauses(policies);
    EXPECT_EQ(Dump(set), "0 EPERM file.read | /a:0\n1 audit EPERM file.read uid 7-7 | /a:1\n");
    EXPECT_EQ(set.enforcing, 1U);
}

}  // namespace
}  // namespace bailiff::policy
