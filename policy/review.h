// SPDX-License-Identifier: Apache-2.0
//
// Rules that are right and say nothing: what they deny, or whom they except, another rule has
// decided already. Exact about paths and operations; about processes, see policy/conditions.h.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "policy/address_table.h"
#include "policy/clauses.h"
#include "policy/dimension_tables.h"
#include "policy/path_automaton.h"
#include "policy/subjects.h"
#include "policy/work.h"

namespace bailiff::policy {

// What the compiler has found out by then.
struct ReviewInput {
    const std::vector<Policy>& policies;  // sorted
    const ClauseSet& clauses;
    const std::vector<PathLists>& lists;
    const DimensionTables& tables;
    const PathAutomaton& objects;
    const std::array<PathAutomaton, BLF_AUTOMATA>& subjects;
    const std::vector<RuleSet>& addresses;  // the sets of rules that some address has
};

struct Finding {
    enum class Kind {
        kShadowed,          // all that `rule` denies, `by` deny too, with the errno that counts
        kExceptionIsDenied  // whom `rule` excepts, `by` denies all of the same
    } kind;
    uint32_t rule;             // numbered over all policies
    std::vector<uint32_t> by;  // if several, no single one does; of an exception always one
};

// In the order of the rules. A rule in audit mode never counts as denying, except to another in
// audit mode; of two rules that deny the same the later one is shadowed. Without all the rules that
// are shadowed the same is denied as before. When the work is spent,
// the findings are those up to there.
std::vector<Finding> ReviewRules(const ReviewInput& input, Work* work);

}  // namespace bailiff::policy
