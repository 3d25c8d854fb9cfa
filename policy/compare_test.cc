// SPDX-License-Identifier: Apache-2.0
//
// Compare() decides classes of requests; here it is compared with deciding each request.
#include "policy/compare.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "policy/testing/compile_text.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

const char* const kBefore = R"(bailiff: 1
policy: p
applies-to: { uid: [0, 1000-1999] }
rules:
- { deny: file.read, path: ["/k/**", /x], except: { exe: /usr/bin/ssh, uid: 1005 } }
- { deny: file.open, path: /x, errno: EACCES }
---
bailiff: 1
policy: q
mode: audit
rules: [{ deny: file.write, name: "*.log" }]
)";
const char* const kAfter = R"(bailiff: 1
policy: p
applies-to: { uid: [0, 1000-1998] }
rules:
- { deny: file.read, path: ["/k/*", /x, /y], except: { exe: "/usr/bin/*", uid: 1005 } }
- { deny: file.open, path: /x, errno: EIO }
---
bailiff: 1
policy: q
mode: audit
rules: [{ deny: file.write, name: "?*.log" }]
)";

using Counts = std::map<std::pair<std::string, uint32_t>, uint64_t>;

// The plain way, with Explain().
Counts CountOneByOne(const Image& before, const Image& after, const RequestSpace& space) {
    Counts counts;
    auto ask = [](const Image& image, const Request& request) {
        return Explain(image.view(), request).value_or(Explanation{});
    };
    for (unsigned operation = 0; operation < BLF_OPERATION_COUNT; ++operation) {
        const blf_set bit = blf_set{1} << operation;
        const std::vector<std::string> none = {""};
        std::vector<std::string> places = space.paths;
        places.emplace_back();
        const auto& objects = bit & BLF_PLACE_OPERATIONS     ? places
                              : bit & BLF_PATH_OPERATIONS    ? space.paths
                              : bit & BLF_ADDRESS_OPERATIONS ? space.addresses
                                                             : none;
        for (const std::string& exe : space.exes) {
            for (uint32_t uid : space.uids) {
                for (const std::string& object : objects) {
                    const Request request =
                        RequestOf(AskOf(operation), object, {.exe = exe, .uid = uid});
                    const Explanation a = ask(before, request);
                    const Explanation b = ask(after, request);
                    if (!a.error && b.error) counts[{"now denied", b.rule}]++;
                    if (a.error && !b.error) counts[{"now allowed", a.rule}]++;
                    if (a.error && b.error && a.error != b.error) counts[{"other errno", b.rule}]++;
                    if (a.error != b.error) continue;
                    const bool audited = a.audit_rule != BLF_NONE;
                    if (audited == (b.audit_rule != BLF_NONE)) continue;
                    counts[audited ? std::pair("no longer audited", a.audit_rule)
                                   : std::pair("now audited", b.audit_rule)]++;
                }
            }
        }
    }
    return counts;
}

TEST(Compare, ClassesGiveWhatTheSingleRequestsGive) {
    const auto policies_before = testing::ReadText({{"old.yaml", kBefore}});
    const auto policies_after = testing::ReadText({{"new.yaml", kAfter}});
    const Image before = testing::CompileText(kBefore);
    const Image after = testing::CompileText(kAfter);
    const RequestSpace space = RequestSpaceOf({&policies_before, &policies_after});
    Counts counts;
    uint64_t sampled = 0;
    for (const Difference& difference : Compare(before.view(), after.view(), space, 5000, 1)) {
        if (difference.enumerated > 0) {
            counts[{std::string(ChangeWord(difference.change)), difference.rule}] =
                difference.enumerated;
        }
        sampled += difference.sampled;
    }
    EXPECT_GE(counts.size(), 4U);
    EXPECT_EQ(counts, CountOneByOne(before, after, space));
    EXPECT_GT(sampled, 0U);
}

std::vector<Difference> Differences(const std::string& old_text, const std::string& new_text,
                                    uint64_t samples) {
    const auto before = testing::ReadText({{"old.yaml", old_text}});
    const auto after = testing::ReadText({{"new.yaml", new_text}});
    return Compare(testing::CompileText(old_text).view(), testing::CompileText(new_text).view(),
                   RequestSpaceOf({&before, &after}), samples, 1);
}

std::string Of(const std::string& name, const std::string& applies_to, const std::string& rule) {
    return "bailiff: 1\npolicy: " + name + "\napplies-to: {" + applies_to + "}\nrules:\n- {" +
           rule + "}\n";
}

TEST(Compare, FindsWhatConcernsSeveralSelectorsTogether) {
    const std::string rule = "deny: file.read, path: /k";
    const std::pair<std::string, std::string> kCases[] = {
        {"cgroup: /system.slice/**, gid: 100", rule},
        {"cgroup: /system.slice/**, gid: 100, session: tty, uid: 5, exe: /bin/a", rule},
        {"parent: /a, script: /b, descendant-of: /c, capability: kill", rule},
        {"container: any, cgroup: /a/**", rule},
        {"container: none, user-namespace: other", rule},
    };
    for (const auto& [applies_to, same] : kCases) {
        const auto found =
            Differences(Of("p", applies_to, same), Of("p", applies_to, same + "2"), 0);
        ASSERT_EQ(found.size(), 2U) << applies_to;
        EXPECT_EQ(found[0].change, Change::kNowDenied);
        EXPECT_EQ(found[1].change, Change::kNowAllowed);
    }
    const std::string except = ", except: {gid: 100, login-uid: 7}";
    EXPECT_EQ(Differences(Of("p", "session: tty", rule), Of("p", "session: tty", rule + except), 0)
                  .size(),
              1U);
    const std::string few = "cgroup: /a, gid: 1, session: tty";
    EXPECT_EQ(Differences(Of("p", few, rule), Of("p", few + ", capability: kill", rule), 0).size(),
              1U);
    EXPECT_EQ(Differences(Of("p", "cgroup: [/a, /b], gid: 1", rule),
                          Of("p", "cgroup: /a, gid: 1", rule), 0)
                  .size(),
              1U);
}

// Who is concerned by two policies at once is left to chance.
TEST(Compare, SamplesWhatSeveralPoliciesAsk) {
    const std::string one = "deny: file.read, path: /k, errno: EACCES";
    const std::string other = "deny: file.read, path: /k";
    const auto found =
        Differences(Of("a", "gid: 1", one) + "---\n" + Of("b", "session: tty", other),
                    Of("b", "gid: 1", one) + "---\n" + Of("a", "session: tty", other), 20'000);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].change, Change::kOtherErrno);
    EXPECT_EQ(found[0].enumerated, 0U);
    EXPECT_GT(found[0].sampled, 0U);
}

TEST(Compare, AnImageIsLikeItself) {
    const auto policies = testing::ReadText({{"p.yaml", kBefore}});
    const Image image = testing::CompileText(kBefore);
    EXPECT_TRUE(Compare(image.view(), image.view(), RequestSpaceOf({&policies}), 5000, 1).empty());
}

}  // namespace
}  // namespace bailiff::policy
