// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// What the review of rules finds, against the oracle, on policies drawn at random: without a rule
// that is said to deny nothing of its own, the same is denied; so without all of them, and so
// without such an exception.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "decide/testing/engine.h"
#include "decide/testing/generate.h"
#include "policy/compile.h"
#include "policy/messages.h"

namespace bailiff::decide::testing {
namespace {

using policy::Policy;
using policy::Rule;

constexpr uint64_t kCases = 150;
constexpr int kRequests = 30;

// The rules' lines tell which one a finding is about; their exceptions' come behind.
constexpr uint32_t kExceptions = 1'000'000;

void NumberRules(std::vector<Policy>* policies) {
    uint32_t line = 1;
    for (Policy& policy : *policies) {
        for (Rule& rule : policy.rules) {
            rule.where.line = line;
            rule.except_where.line = kExceptions + line++;
        }
    }
}

// Without the rule on this line, or without its exception.
std::vector<Policy> Without(std::vector<Policy> policies, uint32_t line) {
    for (Policy& policy : policies) {
        for (size_t i = 0; i < policy.rules.size(); i++) {
            if (policy.rules[i].except_where.line == line) policy.rules[i].except = {};
            if (policy.rules[i].where.line != line) continue;
            policy.rules.erase(policy.rules.begin() + static_cast<ptrdiff_t>(i));
            return policies;
        }
    }
    return policies;
}

// Policies for some of whom another is for, and exceptions for more: of each selector, fewer or
// more of the entries.
void AddNarrowed(std::vector<Policy>* policies, std::mt19937_64* random) {
    const size_t count = policies->size();
    for (size_t i = 0; i < count; i++) {
        Policy policy = (*policies)[i];
        policy.name += "-narrowed";
        const auto narrow = [&](const auto& selector, Policy* of) {
            auto& list = of->applies_to.*selector.field;
            const auto& other = (*policies)[(*random)() % count].applies_to.*selector.field;
            if (list.empty()) list = other;
            if (list.size() > 1 && (*random)() % 2) list.resize(1);
            for (Rule& rule : of->rules) {
                if (rule.kind != policy::RuleKind::kDenies) continue;
                auto& except = rule.except.*selector.field;
                if (except.empty() && (*random)() % 4 == 0) except = other;
            }
        };
        for (const auto& selector : policy::kPathSelectors) narrow(selector, &policy);
        for (const auto& selector : policy::kNumberSelectors) narrow(selector, &policy);
        policies->push_back(std::move(policy));
    }
}

// Rules that overlap: each rule again with fewer paths, an operation more or less, no exception.
void AddVariants(std::vector<Policy>* policies, std::mt19937_64* random) {
    for (Policy& policy : *policies) {
        const size_t count = policy.rules.size();
        for (size_t i = 0; i < count && i < 3; i++) {
            Rule rule = policy.rules[i];
            if (rule.kind != policy::RuleKind::kDenies) continue;
            const bool on_paths = !rule.objects.empty();
            if (on_paths && (*random)() % 2) rule.objects.resize(1);
            if ((*random)() % 3 == 0) rule.except = {};
            if (on_paths && (*random)() % 3 == 0) rule.operations = 1 + (*random)() % 7;
            std::vector<Rule>& rules = (*policies)[(*random)() % policies->size()].rules;
            rules.insert(rules.begin(), std::move(rule));
        }
    }
}

void ExpectSame(const std::vector<Policy>& policies, const std::vector<Policy>& fewer,
                const OracleRequest& request) {
    const OracleVerdict before = OracleDecide(policies, request);
    const OracleVerdict after = OracleDecide(fewer, request);
    // Another rule may be the first now, with another errno.
    ASSERT_EQ(before.error != 0, after.error != 0) << Describe(policies, request);
    ASSERT_EQ(before.error != 0 || before.audit, after.error != 0 || after.audit)
        << Describe(policies, request);
}

TEST(Review, WhatIsSaidToChangeNothingChangesNothing) {
    const char* given = std::getenv("BAILIFF_SEED");
    const uint64_t seed =
        given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
    SCOPED_TRACE("BAILIFF_SEED=" + std::to_string(seed));
    int shadowed = 0;
    int exceptions = 0;
    for (uint64_t number = 0; number < kCases; number++) {
        SCOPED_TRACE("case " + std::to_string(number));
        Generator generator(seed * 10'000 + number);
        std::mt19937_64 random(seed * 10'000 + number);
        std::vector<Policy> policies = generator.Policies();
        if (policies.size() > 5) continue;
        if (number % 4 == 0) AddNarrowed(&policies, &random);
        AddVariants(&policies, &random);
        NumberRules(&policies);
        policy::Diagnostics diagnostics;
        const policy::CompileLimits limits{.automaton = {}, .review = policy::kReviewWork};
        if (!Compile(policies, {{"model", ""}}, &diagnostics, limits)) continue;
        std::vector<Policy> fewest = policies;
        for (const policy::Diagnostic& found : diagnostics.list()) {
            if (found.hint == policy::message::kHintNeededIsClosed) continue;
            if (found.where.line < kExceptions) fewest = Without(fewest, found.where.line);
            const bool exception = found.where.line > kExceptions;
            exception ? exceptions++ : shadowed++;
            const std::vector<Policy> fewer = Without(policies, found.where.line);
            for (int i = 0; i < kRequests; i++) {
                ExpectSame(policies, fewer, generator.Request(policies));
                if (HasFatalFailure()) return;
            }
        }
        for (int i = 0; i < kRequests; i++) {
            ExpectSame(policies, fewest, generator.Request(policies));
            if (HasFatalFailure()) return;
        }
    }
    EXPECT_GT(shadowed, 150);
    EXPECT_GT(exceptions, 15);
    RecordProperty("shadowed", shadowed);
    RecordProperty("exceptions", exceptions);
}

}  // namespace
}  // namespace bailiff::decide::testing
