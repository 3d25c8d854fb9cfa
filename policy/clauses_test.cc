// SPDX-License-Identifier: Apache-2.0
#include "policy/clauses.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policy/testing/compile_text.h"

namespace bailiff::policy {
namespace {

struct Case {
    const char* rules;
    const char* dump;
};

const Case kCases[] = {
    {"- { deny: file.read, path: /a }", "clause 0: policy 0, file.read with EPERM, rules 0\n"},
    // Rules that differ in their objects only.
    {"- { deny: file.read, path: /a }\n- { deny: file.read, path: [/b, /c] }",
     "clause 0: policy 0, file.read with EPERM, rules 0 1\n"},
    // … and in anything else.
    {"- { deny: file.read, path: /a }\n- { deny: file.write, path: /a }\n"
     "- { deny: file.read, path: /a, errno: EACCES }",
     "clause 0: policy 0, file.read with EPERM, rules 0\n"
     "clause 1: policy 0, file.write with EPERM, rules 1\n"
     "clause 2: policy 0, file.read with EACCES, rules 2\n"},
    // "not A or not B".
    {"- { deny: file.read, path: /a, except: { exe: [/x, /y], uid: 5 } }",
     "clause 0: policy 0, file.read with EPERM not exe /x /y, rules 0\n"
     "clause 1: policy 0, file.read with EPERM not uid 5-5, rules 0\n"},
    {"- { deny: file.read, path: /a, except: { uid: 5 } }\n"
     "- { deny: file.read, path: /b }\n"
     "- { deny: file.read, path: /c, except: { uid: 5 } }",
     "clause 0: policy 0, file.read with EPERM not uid 5-5, rules 0 2\n"
     "clause 1: policy 0, file.read with EPERM, rules 1\n"},
};

TEST(Clauses, OfOnePolicy) {
    for (const Case& c : kCases) {
        const std::vector<Policy> policies =
            testing::ReadText({{"p.yaml", testing::Head("p") + c.rules + "\n"}});
        EXPECT_EQ(DumpClauses(MakeClauses(policies)), c.dump) << c.rules;
    }
}

TEST(Clauses, OfTwoPoliciesAreNeverShared) {
    const std::vector<Policy> policies = testing::ReadText(
        {{"p.yaml", testing::Head("p") + "- { deny: file.read, path: /a }\n---\n" +
                        "bailiff: 1\npolicy: q\nmode: audit\napplies-to: { uid: 7 }\nrules:\n"
                        "- { deny: file.read, path: /a }\n"}});
    const ClauseSet set = MakeClauses(policies);
    EXPECT_EQ(DumpClauses(set),
              "clause 0: policy 0, file.read with EPERM, rules 0\n"
              "clause 1: policy 1 audit, file.read with EPERM of uid 7-7, rules 1\n");
    EXPECT_EQ(set.first[kAuditedDenials], 1U);
}

}  // namespace
}  // namespace bailiff::policy
