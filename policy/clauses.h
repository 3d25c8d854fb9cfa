// SPDX-License-Identifier: Apache-2.0
//
// Model to clauses: every rule as conjunctions of one condition a dimension, so that a clause is
// one bit (abi/image.h). "except A and B" is "not A or not B": one clause for each selector of the
// exception. Rules of a policy that differ only in their objects share their clauses.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "policy/model.h"

namespace bailiff::policy {

struct Clause {
    uint32_t policy = 0;  // index into the sorted policies
    Mode mode = Mode::kEnforce;
    int error = 0;
    uint64_t operations = 0;
    Subject applies_to;  // must match
    Subject except;      // must not match; has at most one selector
    // Which path patterns, and for each the rule (numbered over all policies) that it came from.
    std::vector<std::pair<const PathPattern*, uint32_t>> objects;
};

struct ClauseSet {
    std::vector<Clause> clauses;  // enforcing ones first, then auditing ones
    size_t enforcing = 0;
    // By rule, numbered over all policies: its first clause and how many follow on from there.
    struct Range {
        size_t first;
        size_t count;
    };
    std::vector<Range> of_rule;
};

// `policies` in the order in which they are numbered, the enforcing ones first; they must outlive
// the clauses.
ClauseSet MakeClauses(const std::vector<Policy>& policies);

// Does this dimension of the clause let the subject through? `exe_patterns` are the texts of the
// patterns that the executable matches.
bool ExeAllowed(const Clause& clause, const std::vector<std::string>& exe_patterns);
bool UidAllowed(const Clause& clause, uint32_t uid);

}  // namespace bailiff::policy
