// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The decision against the oracle on policies drawn at random. The seed is printed when a case
// fails and kept in the test's properties; BAILIFF_SEED=n draws the same again.
#include <gtest/gtest.h>

#include <string>

#include "decide/testing/engine.h"
#include "decide/testing/generate.h"
#include "policy/testing/compile_text.h"

namespace bailiff::decide::testing {
namespace {

constexpr uint64_t kCases = 300;
constexpr int kRequests = 100;

struct Tally {
    int refused = 0;
    int denied = 0;
    int audited = 0;
    int explained = 0;
};

// The 10,000s keep the cases of neighbouring seeds apart.
void CompareCase(uint64_t seed, uint64_t number, Tally* tally) {
    Generator generator(seed * 10'000 + number);
    const std::vector<policy::Policy> policies = generator.Policies();
    policy::Diagnostics diagnostics;
    const auto image = policy::Compile(policies, {{"model", ""}}, &diagnostics);
    ASSERT_EQ(image.has_value(), !diagnostics.has_errors());
    if (!image) {
        tally->refused++;
        return;
    }
    for (int i = 0; i < kRequests; i++) {
        const OracleRequest request = generator.Request(policies);
        OracleVerdict expected = OracleDecide(policies, request);
        if (CanExplain(request)) {
            tally->explained++;
            const OracleVerdict explained = ExplainDecide(image->view(), request);
            ASSERT_EQ(explained, expected) << "explain: " << Describe(explained) << " instead of "
                                           << Describe(expected) << "\n"
                                           << Describe(policies, request);
        }
        expected.applying.clear();
        const OracleVerdict actual = EngineDecide(image->view(), request);
        ASSERT_EQ(actual, expected)
            << Describe(actual) << " instead of " << Describe(expected) << "\n"
            << Describe(policies, request);
        if (expected.rule) tally->denied++;
        if (expected.audit) tally->audited++;
    }
}

TEST(Decision, RandomPoliciesAndRequests) {
    const uint64_t seed = Seed();
    RecordProperty("seed", std::to_string(seed));
    SCOPED_TRACE("BAILIFF_SEED=" + std::to_string(seed));
    Tally tally;
    for (uint64_t number = 0; number < kCases; number++) {
        SCOPED_TRACE("case " + std::to_string(number));
        CompareCase(seed, number, &tally);
        if (HasFatalFailure()) return;
    }
    // A generator whose requests meet no rule would prove nothing.
    const int requests = static_cast<int>(kCases) * kRequests;
    EXPECT_GT(tally.denied, requests / 10);
    EXPECT_LT(tally.denied, requests * 9 / 10);
    EXPECT_GT(tally.audited, requests / 20);
    EXPECT_GT(tally.explained, requests / 2);
    // Globs that overlap in too many ways are refused; few may be.
    EXPECT_LT(tally.refused, static_cast<int>(kCases) / 50);
    RecordProperty("refused", tally.refused);
    RecordProperty("denied", tally.denied);
    RecordProperty("audited", tally.audited);
    RecordProperty("requests", requests);
}

}  // namespace
}  // namespace bailiff::decide::testing
