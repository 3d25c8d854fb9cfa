// SPDX-License-Identifier: Apache-2.0
#include "policy/subjects.h"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace bailiff::policy {
namespace {

// One list of ranges, asked in ascending order.
class UidList {
  public:
    explicit UidList(std::vector<UidRange> ranges) : ranges_(std::move(ranges)) {
        std::ranges::sort(ranges_, {}, &UidRange::first);
    }

    bool Has(uint32_t uid) {
        for (; next_ < ranges_.size() && ranges_[next_].first <= uid; next_++) {
            last_ = std::max(last_, int64_t{ranges_[next_].last});
        }
        return uid <= last_;
    }

  private:
    std::vector<UidRange> ranges_;
    size_t next_ = 0;
    int64_t last_ = -1;  // of the ranges that began
};

std::vector<uint32_t> Borders(const std::vector<Clause>& clauses) {
    std::vector<uint32_t> borders = {0};
    Clause::Uids before = nullptr;  // clauses of one policy follow each other
    for (const Clause& clause : clauses) {
        for (Clause::Uids uids : {clause.uid, clause.not_uid}) {
            if (!uids || uids == before) continue;
            for (UidRange range : *uids) {
                borders.push_back(range.first);
                if (range.last != UINT32_MAX) borders.push_back(range.last + 1);
            }
        }
        before = clause.uid;
    }
    std::ranges::sort(borders);
    borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
    return borders;
}

}  // namespace

ExeLists::ExeLists(const std::vector<Clause>& clauses) {
    std::unordered_map<Clause::Exes, uint32_t> by_place;
    std::unordered_map<std::string, uint32_t> by_key;
    auto number_of = [&](Clause::Exes exes) {
        if (!exes) return kNone;
        auto [place, is_new_place] = by_place.emplace(exes, 0);
        if (!is_new_place) return place->second;
        auto [at, is_new] = by_key.emplace(KeyOf(*exes), by_key.size());
        place->second = at->second;
        if (!is_new) return at->second;
        for (const PathPattern& exe : *exes) patterns_.push_back({&exe, at->second});
        return at->second;
    };
    for (const Clause& clause : clauses) {
        const uint32_t wanted = number_of(clause.exe);
        of_clause_.emplace_back(wanted, number_of(clause.not_exe));
    }
}

bool ExeLists::Allows(size_t clause, std::span<const uint32_t> lists) const {
    const uint32_t unwanted = of_clause_[clause].second;
    return Wants(clause, lists) &&
           (unwanted == kNone || !std::ranges::binary_search(lists, unwanted));
}

bool ExeLists::Wants(size_t clause, std::span<const uint32_t> lists) const {
    const uint32_t wanted = of_clause_[clause].first;
    return wanted == kNone || std::ranges::binary_search(lists, wanted);
}

std::optional<std::vector<UidClass>> DivideUids(const std::vector<Clause>& clauses) {
    const std::vector<uint32_t> borders = Borders(clauses);
    if (borders.size() > kUidClassesMax) return std::nullopt;
    std::unordered_map<Clause::Uids, size_t> numbers;
    std::vector<UidList> lists;
    for (const Clause& clause : clauses) {
        for (Clause::Uids uids : {clause.uid, clause.not_uid}) {
            if (uids && numbers.emplace(uids, lists.size()).second) lists.emplace_back(*uids);
        }
    }
    std::vector<UidClass> classes;
    for (uint32_t first : borders) {
        std::vector<bool> has;
        for (UidList& list : lists) has.push_back(list.Has(first));
        UidClass one{.first = first, .allowed = std::vector<bool>(clauses.size())};
        for (size_t i = 0; i < clauses.size(); i++) {
            const Clause& clause = clauses[i];
            one.allowed[i] = (!clause.uid || has[numbers.at(clause.uid)]) &&
                             (!clause.not_uid || !has[numbers.at(clause.not_uid)]);
        }
        if (classes.empty() || classes.back().allowed != one.allowed) {
            classes.push_back(std::move(one));
        }
    }
    return classes;
}

}  // namespace bailiff::policy
