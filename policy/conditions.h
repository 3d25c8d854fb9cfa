// SPDX-License-Identifier: Apache-2.0
//
// Clauses as sets of processes, and whether one set is within another: exact for what patterns
// match and for numbers, and wrong to one side only, that of `not within`.
//
// In some dimensions a process has one member: a user, an executable. In others it has a set:
// groups, ancestors. There `gid: [1, 2]` asks for one of two, whatever else is in the set, and
// `except: {gid: 3}` that one is not in it.
//
//   applies-to gid 1       is within  applies-to gid 1-2
//   except gid 1-2         is within  except gid 1
//   except gid 1           is within no applies-to gid: there may be no group at all
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "policy/clauses.h"
#include "policy/dimension_tables.h"
#include "policy/path_automaton.h"
#include "policy/subjects.h"
#include "policy/work.h"

namespace bailiff::policy {

// By class of members that no clause tells apart; of a set, one class stands for the empty set.
using Classes = std::vector<bool>;

// What is asked of one dimension: to have a member of each of `some`, and none of `none`.
struct Condition {
    std::vector<Classes> some;
    Classes none;
};
using Conditions = std::array<Condition, BLF_DIMENSIONS>;  // empty where no clause asks

// Is every process that `inner` is true of one that the conditions of a clause are true of?
bool IsWithin(const Conditions& inner, const Conditions& of_clause, Work* work);

class ConditionTable {
  public:
    // What the compiler has found out by then; all must outlive the table.
    struct Input {
        const std::vector<Clause>& clauses;
        const std::vector<PathLists>& lists;
        const std::array<PathAutomaton, BLF_AUTOMATA>& automata;  // of the lists
        const DimensionTables& tables;
    };
    ConditionTable(const Input& input, Work* work);

    const Conditions& Of(size_t clause);

    // Those to whom the policy applies and all of the exception that these clauses share. Nothing
    // when there can be none, or no exception.
    std::optional<Conditions> ExceptedBy(ClauseSet::Range clauses);

  private:
    size_t CountOf(blf_by by) const;
    template <typename OfLists, typename OfNumber, typename OfNone>
    Classes ClassesWhere(blf_by by, const OfLists& of_lists, const OfNumber& of_number,
                         const OfNone& of_none);
    Classes Wanted(size_t clause, blf_by by);
    Classes Unwanted(size_t clause, blf_by by);

    Input in_;
    Work* work_;
    std::vector<blf_by> used_;
    std::vector<std::optional<Conditions>> known_;  // by clause
};

}  // namespace bailiff::policy
