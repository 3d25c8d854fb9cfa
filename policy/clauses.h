// SPDX-License-Identifier: Apache-2.0
//
// Model to clauses: every rule as conjunctions of one condition a dimension, so that a clause is
// one bit (abi/image.h). "except A and B" is "not A or not B": one clause for each selector of the
// exception. Rules of a policy that differ only in their objects share their clauses.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "policy/model.h"
#include "policy/path_automaton.h"

namespace bailiff::policy {

struct Clause {
    RuleKind kind = RuleKind::kDenies;
    uint32_t policy = 0;  // index into the sorted policies
    Mode mode = Mode::kEnforce;
    int error = 0;  // 0: it allows
    blf_set operations = 0;
    // The process must match all its selectors. Of one that allows, none: whom the policy's default
    // is about says the default's own clause.
    const Subject* of = nullptr;
    const Subject* details = nullptr;  // and the request all of this
    const Subject* except = nullptr;   // and must not match one selector of this, one of these two:
    const Selector<Patterns>* except_paths = nullptr;
    const Selector<Ranges>* except_numbers = nullptr;

    // Null: it was not written.
    template <typename List>
    const List* Wanted(const Selector<List>& selector) const {
        const List& list = SideOf(selector).*selector.field;
        return list.empty() ? nullptr : &list;
    }
    template <typename List>
    const Subject& SideOf(const Selector<List>& selector) const {
        return IsDetail(selector) ? *details : *of;
    }
    const Patterns* Unwanted(const Selector<Patterns>& selector) const {
        return except_paths && except_paths->field == selector.field ? &(except->*selector.field)
                                                                     : nullptr;
    }
    const Ranges* Unwanted(const Selector<Ranges>& selector) const {
        return except_numbers && except_numbers->field == selector.field
                   ? &(except->*selector.field)
                   : nullptr;
    }
};

// Which clauses stand together, in this order.
enum ClausePart { kEnforcedDenials, kEnforcedDefaults, kAuditedDenials, kAuditedDefaults, kParts };

struct ClauseSet {
    std::vector<Clause> clauses;  // part by part; of a policy's, its allows before its default
    std::array<size_t, kParts + 1> first{};  // where each part begins, and where all end
    // By rule, numbered over all policies: its first clause and how many follow on from there.
    struct Range {
        size_t first;
        size_t count;
    };
    std::vector<Range> of_rule;
};

// The order in which policies are numbered: the enforcing ones first, then by name.
void SortPolicies(std::vector<Policy>* policies);

// Sorted policies, which must outlive the clauses.
ClauseSet MakeClauses(const std::vector<Policy>& policies);

// All object patterns of all rules, labelled with their rule, numbered over all policies.
std::vector<Labelled> LabelObjects(const std::vector<Policy>& policies);

// The text of a list: equal lists, equal texts.
std::string KeyOf(const Patterns& patterns);
std::string KeyOf(const Ranges& ranges);

// One line a clause, with the rules (numbered over all policies) that are it; for golden tests.
std::string DumpClauses(const ClauseSet& set);

}  // namespace bailiff::policy
