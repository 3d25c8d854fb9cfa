// SPDX-License-Identifier: Apache-2.0
#include "policy/conditions.h"

#include <algorithm>
#include <utility>

#include "policy/read_number.h"

namespace bailiff::policy {
namespace {

bool IsSet(blf_by by) {
    return by >= BLF_VALUES_END;
}

bool IsPath(blf_by by) {
    return AutomatonOf(by) < BLF_AUTOMATA;
}

bool IsWithin(const Classes& inner, const Classes& outer) {
    for (size_t i = 0; i < inner.size(); i++) {
        if (inner[i] && !outer[i]) return false;
    }
    return true;
}

// Of the one selector of its exception that a clause has.
blf_by DimensionOfException(const Clause& clause) {
    return clause.except_paths ? clause.except_paths->dimension : clause.except_numbers->dimension;
}

bool IsAny(const Classes& classes) {
    return std::ranges::find(classes, true) != classes.end();
}

Classes Without(Classes classes, const Classes& none) {
    for (size_t i = 0; i < classes.size(); i++) {
        if (none[i]) classes[i] = false;
    }
    return classes;
}

// The dimensions that some clause asks for.
std::vector<blf_by> UsedBy(const DimensionTables& tables) {
    std::vector<blf_by> used;
    for (uint32_t by = 0; by < BLF_DIMENSIONS; by++) {
        if (by != BLF_BY_LINEAGE && (tables.Used() >> by & 1)) {
            used.push_back(static_cast<blf_by>(by));
        }
    }
    return used;
}

// One program has two names: either may be what is wanted, both must be what is excepted. So what
// is excepted cannot be taken off what is wanted.
bool IsWithin(const Condition& inner, const Condition& outer, bool one_name) {
    if (!IsWithin(outer.none, inner.none)) return false;
    return std::ranges::any_of(inner.some, [&](const Classes& some) {
        return IsWithin(one_name ? Without(some, inner.none) : some, outer.some.front());
    });
}

}  // namespace

bool IsWithin(const Conditions& inner, const Conditions& of_clause, Work* work) {
    for (uint32_t by = 0; by < BLF_DIMENSIONS; by++) {
        if (of_clause[by].some.empty()) continue;
        work->Spend(inner[by].none.size() / 8 + 1);
        const bool one_name = AutomatonOf(static_cast<blf_by>(by)) != BLF_BY_LINEAGE;
        if (!IsWithin(inner[by], of_clause[by], one_name)) return false;
    }
    return true;
}

ConditionTable::ConditionTable(const Input& input, Work* work)
    : in_(input), work_(work), used_(UsedBy(input.tables)), known_(input.clauses.size()) {}

// What a path matches are lists; that it matches none stands for the empty set, too.
size_t ConditionTable::CountOf(blf_by by) const {
    if (IsPath(by)) return in_.automata[AutomatonOf(by)].label_sets.size();
    return in_.tables.classes(by).size() + (IsSet(by) ? 1 : 0);
}

// `of_lists` is asked about the lists that a path is in, `of_number` about a class of numbers,
// `of_none` about the empty set of numbers.
template <typename OfLists, typename OfNumber, typename OfNone>
Classes ConditionTable::ClassesWhere(blf_by by, const OfLists& of_lists, const OfNumber& of_number,
                                     const OfNone& of_none) {
    Classes classes(CountOf(by));
    work_->Spend(classes.size());
    const blf_by automaton = AutomatonOf(by);
    for (size_t i = 0; i < classes.size(); i++) {
        if (IsPath(by)) {
            classes[i] = of_lists(in_.lists[automaton], in_.automata[automaton].label_sets[i]);
        } else if (i < in_.tables.classes(by).size()) {
            classes[i] = of_number(in_.tables.classes(by)[i]);
        } else {
            classes[i] = of_none();
        }
    }
    return classes;
}

Classes ConditionTable::Wanted(size_t clause, blf_by by) {
    return ClassesWhere(
        by, [&](const PathLists& lists, const auto& set) { return lists.Wants(clause, by, set); },
        [&](const NumberClass& one) { return bool{one.wanted[clause]}; },
        [&] { return in_.clauses[clause].Wanted(NumberSelector(by)) == nullptr; });
}

Classes ConditionTable::Unwanted(size_t clause, blf_by by) {
    return ClassesWhere(
        by, [&](const PathLists& lists, const auto& set) { return lists.Excepts(clause, by, set); },
        [&](const NumberClass& one) { return bool{one.unwanted[clause]}; }, [] { return false; });
}

const Conditions& ConditionTable::Of(size_t clause) {
    std::optional<Conditions>& known = known_[clause];
    if (known) return *known;
    known.emplace();
    for (blf_by by : used_) {
        Classes some = Wanted(clause, by);
        Classes none = Unwanted(clause, by);
        if (!IsSet(by)) {
            some = Without(std::move(some), none);
            none.assign(none.size(), false);
        }
        (*known)[by] = {.some = {std::move(some)}, .none = std::move(none)};
    }
    return *known;
}

// Each of the clauses has one selector of the exception.
std::optional<Conditions> ConditionTable::ExceptedBy(ClauseSet::Range clauses) {
    if (in_.clauses[clauses.first].except == nullptr) return std::nullopt;
    Conditions excepted;
    for (blf_by by : used_) {
        std::vector<Classes>& some = excepted[by].some;
        some.push_back(Wanted(clauses.first, by));
        excepted[by].none.resize(some.front().size());
        for (size_t i = 0; i < clauses.count; i++) {
            if (DimensionOfException(in_.clauses[clauses.first + i]) != by) continue;
            Classes also = Unwanted(clauses.first + i, by);
            if (IsSet(by)) {
                some.push_back(std::move(also));
            } else {
                also.flip();
                some.front() = Without(std::move(some.front()), also);
            }
        }
        if (!std::ranges::all_of(some, IsAny)) return std::nullopt;
    }
    return excepted;
}

}  // namespace bailiff::policy
