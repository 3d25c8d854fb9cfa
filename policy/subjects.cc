// SPDX-License-Identifier: Apache-2.0
#include "policy/subjects.h"

#include <algorithm>
#include <unordered_map>

#include "fmt/format.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

// One list of ranges, asked in ascending order.
class RangeList {
  public:
    explicit RangeList(std::vector<NumberRange> ranges) : ranges_(std::move(ranges)) {
        std::ranges::sort(ranges_, {}, &NumberRange::first);
    }

    bool Has(uint32_t number) {
        for (; next_ < ranges_.size() && ranges_[next_].first <= number; next_++) {
            last_ = std::max(last_, int64_t{ranges_[next_].last});
        }
        return number <= last_;
    }

  private:
    std::vector<NumberRange> ranges_;
    size_t next_ = 0;
    int64_t last_ = -1;  // of the ranges that began
};

std::vector<uint32_t> Borders(const std::vector<Clause>& clauses,
                              const Selector<Ranges>& selector) {
    std::vector<uint32_t> borders = {0};
    const Ranges* before = nullptr;  // clauses of one policy follow each other
    for (const Clause& clause : clauses) {
        for (const Ranges* ranges : {clause.Wanted(selector), clause.Unwanted(selector)}) {
            if (!ranges || ranges == before) continue;
            for (NumberRange range : *ranges) {
                borders.push_back(range.first);
                if (range.last != UINT32_MAX) borders.push_back(range.last + 1);
            }
        }
        before = clause.Wanted(selector);
    }
    std::ranges::sort(borders);
    borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
    return borders;
}

}  // namespace

PathLists::PathLists(const std::vector<Clause>& clauses, blf_by automaton) {
    for (const Clause& clause : clauses) {
        wanted_.emplace_back();
        unwanted_.emplace_back();
        for (const Selector<Patterns>& selector : kPathSelectors) {
            if (AutomatonOf(selector.dimension) != automaton) continue;
            if (const Patterns* list = clause.Wanted(selector)) {
                wanted_.back().push_back(ListOf(*list, selector, ""));
            }
            if (const Patterns* list = clause.Unwanted(selector)) {
                unwanted_.back().push_back(ListOf(*list, selector, kException));
            }
        }
    }
}

PathLists::List PathLists::ListOf(const Patterns& patterns, const Selector<Patterns>& selector,
                                  std::string_view use) {
    const blf_by by = selector.dimension;
    std::string prefix;
    if (AutomatonOf(by) == BLF_BY_LINEAGE) {
        // Whoever it is, the same is noted of a process.
        prefix = fmt::format("{}{} ", use, DimensionWord(OfAsker(by)));
    }
    return {.by = by,
            .inside = NumberOf(patterns, false, prefix),
            .outside = NumberOf(patterns, true, prefix)};
}

uint32_t PathLists::NumberOf(const Patterns& patterns, bool outside, std::string_view prefix) {
    if (std::ranges::find(patterns, outside, &PathPattern::outside) == patterns.end()) return kNone;
    std::string key(prefix);
    for (const PathPattern& one : patterns) {
        if (one.outside == outside) key += fmt::format("{}:{}", one.text.size(), one.text);
    }
    const auto [at, is_new] = numbers_.emplace(key, count_);
    if (!is_new) return at->second;
    keys_.push_back(key);
    for (const PathPattern& pattern : patterns) {
        if (pattern.outside == outside) patterns_.push_back({&pattern, count_});
    }
    return count_++;
}

bool PathLists::Has(const List& list, std::span<const uint32_t> lists) {
    if (list.inside != kNone && std::ranges::binary_search(lists, list.inside)) return true;
    return list.outside != kNone && !std::ranges::binary_search(lists, list.outside);
}

bool PathLists::Allows(size_t clause, blf_by by, std::span<const uint32_t> lists) const {
    return Wants(clause, by, lists) && !Excepts(clause, by, lists);
}

bool PathLists::Wants(size_t clause, blf_by by, std::span<const uint32_t> lists) const {
    return std::ranges::all_of(wanted_[clause],
                               [&](const List& list) { return list.by != by || Has(list, lists); });
}

bool PathLists::Excepts(size_t clause, blf_by by, std::span<const uint32_t> lists) const {
    return std::ranges::any_of(unwanted_[clause],
                               [&](const List& list) { return list.by == by && Has(list, lists); });
}

std::optional<std::vector<NumberClass>> DivideNumbers(const std::vector<Clause>& clauses,
                                                      const Selector<Ranges>& selector) {
    const std::vector<uint32_t> borders = Borders(clauses, selector);
    if (borders.size() > kNumberClassesMax) return std::nullopt;
    std::unordered_map<const Ranges*, size_t> numbers;
    std::vector<RangeList> lists;
    for (const Clause& clause : clauses) {
        for (const Ranges* list : {clause.Wanted(selector), clause.Unwanted(selector)}) {
            if (list && numbers.emplace(list, lists.size()).second) lists.emplace_back(*list);
        }
    }
    std::vector<NumberClass> classes;
    for (uint32_t first : borders) {
        std::vector<bool> has;
        for (RangeList& list : lists) has.push_back(list.Has(first));
        NumberClass one{.first = first, .wanted = {}, .unwanted = {}};
        for (const Clause& clause : clauses) {
            const Ranges* wanted = clause.Wanted(selector);
            const Ranges* unwanted = clause.Unwanted(selector);
            one.wanted.push_back(!wanted || has[numbers.at(wanted)]);
            one.unwanted.push_back(unwanted && has[numbers.at(unwanted)]);
        }
        const bool same = !classes.empty() && classes.back().wanted == one.wanted &&
                          classes.back().unwanted == one.unwanted;
        if (!same) classes.push_back(std::move(one));
    }
    return classes;
}

std::vector<NumberClass> DivideLineages(const std::vector<Clause>& clauses, const PathLists& lists,
                                        blf_by by) {
    std::vector<NumberClass> classes;
    const uint32_t count = lists.size() > 0 ? BLF_LINEAGES_MAX : 1;
    for (uint32_t list = 0; list < count; list++) {
        NumberClass one{.first = list, .wanted = {}, .unwanted = {}};
        for (size_t i = 0; i < clauses.size(); i++) {
            one.wanted.push_back(lists.Wants(i, by, {&list, 1}));
            one.unwanted.push_back(lists.Excepts(i, by, {&list, 1}));
        }
        classes.push_back(std::move(one));
    }
    return classes;
}

}  // namespace bailiff::policy
