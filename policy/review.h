// SPDX-License-Identifier: Apache-2.0
//
// Rules that are right and say nothing: what they deny, or whom they except, another rule has
// decided already. Exact about paths, executables, users and operations; of two rules at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/clauses.h"
#include "policy/path_automaton.h"
#include "policy/subjects.h"
#include "policy/work.h"

namespace bailiff::policy {

// What the compiler has found out by then.
struct ReviewInput {
    const std::vector<Policy>& policies;  // sorted
    const ClauseSet& clauses;
    const PathLists& exes;
    const std::vector<NumberClass>& uids;
    const PathAutomaton& objects;
    const PathAutomaton& subjects;
};

struct Finding {
    enum class Kind {
        kShadowed,          // all that `rule` denies, `by` denies too, with the errno that counts
        kExceptionIsDenied  // whom `rule` excepts, `by` denies all of the same
    } kind;
    uint32_t rule;  // numbered over all policies
    uint32_t by;
};

// In the order of the rules. A rule in audit mode never counts as denying, except to another in
// audit mode; of two rules that deny the same the later one is shadowed. When the work is spent,
// the findings are those up to there.
std::vector<Finding> ReviewRules(const ReviewInput& input, Work* work);

}  // namespace bailiff::policy
