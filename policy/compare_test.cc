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
    for (const std::string& path : space.paths) {
        for (const std::string& exe : space.exes) {
            for (uint32_t uid : space.uids) {
                for (unsigned operation = 0; operation < BLF_OPERATION_COUNT; ++operation) {
                    const Request request{AskOf(operation), path, {.exe = exe, .uid = uid}};
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

TEST(Compare, AnImageIsLikeItself) {
    const auto policies = testing::ReadText({{"p.yaml", kBefore}});
    const Image image = testing::CompileText(kBefore);
    EXPECT_TRUE(Compare(image.view(), image.view(), RequestSpaceOf({&policies}), 5000, 1).empty());
}

}  // namespace
}  // namespace bailiff::policy
