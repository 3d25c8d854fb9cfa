// SPDX-License-Identifier: Apache-2.0
#include "policy/dimension_tables.h"

#include <algorithm>
#include <utility>

#include "policy/number_table.h"
#include "policy/read_number.h"

namespace bailiff::policy {

std::optional<std::string_view> DimensionTables::Fill(const VectorWhere& vector_where) {
    for (uint32_t by = 0; by < BLF_DIMENSIONS; by++) {
        unknown_vectors_[by] =
            vector_where([&](size_t i) { return !AllowsBy(i, static_cast<blf_by>(by)); });
    }
    for (uint32_t path = 0; path < BLF_PATH_DIMENSIONS; path++) {
        const auto by = static_cast<blf_by>(path);
        none_vectors_[by] = vector_where([&](size_t i) { return lists_[by].Allows(i, by, {}); });
    }
    for (const Selector<Ranges>& selector : kNumberSelectors) {
        std::optional<std::vector<NumberClass>> classes = DivideNumbers(clauses_, selector);
        if (!classes) return selector.word;
        Add(*classes, selector.dimension, vector_where);
        classes_[selector.dimension] = *std::move(classes);
    }
    for (blf_by by : kLineageDimensions) {
        Add(DivideLineages(clauses_, lists_[BLF_BY_LINEAGE], by), by, vector_where);
    }
    return std::nullopt;
}

void DimensionTables::Add(const std::vector<NumberClass>& classes, blf_by by,
                          const VectorWhere& vector_where) {
    const bool set = by >= BLF_VALUES_END;
    if (set) none_vectors_[by] = vector_where([&](size_t i) { return AsksNone(i, by); });
    for (const NumberClass& one : classes) {
        numbers_[by].push_back(
            {.first = one.first,
             .vector = vector_where([&](size_t i) { return set ? one.wanted[i] : one.Allows(i); }),
             .without = vector_where([&](size_t i) { return set && one.unwanted[i]; }),
             .pad = 0});
    }
}

bool DimensionTables::AllowsBy(size_t clause, blf_by by) const {
    const auto wants = [&](const auto& selectors) {
        return std::ranges::any_of(selectors, [&](const auto& selector) {
            return selector.dimension == by && clauses_[clause].Wanted(selector) != nullptr;
        });
    };
    return clauses_[clause].kind == RuleKind::kAllows &&
           (wants(kPathSelectors) || wants(kNumberSelectors));
}

// Does the clause ask for nothing of what this set may hold?
bool DimensionTables::AsksNone(size_t clause, blf_by by) const {
    if (AutomatonOf(by) == BLF_BY_LINEAGE) return lists_[BLF_BY_LINEAGE].Wants(clause, by, {});
    return clauses_[clause].Wanted(NumberSelector(by)) == nullptr;
}

uint64_t DimensionTables::Used() const {
    uint64_t used = 0;
    const auto look = [&](const Clause& clause, const auto& selectors) {
        for (const auto& selector : selectors) {
            if (clause.Wanted(selector) || clause.Unwanted(selector)) {
                used |= BLF_DIMENSION(selector.dimension) |
                        BLF_DIMENSION(AutomatonOf(selector.dimension));
            }
        }
    };
    for (const Clause& clause : clauses_) {
        look(clause, kPathSelectors);
        look(clause, kNumberSelectors);
    }
    return used;
}

uint32_t DimensionTables::LineagesOf(const std::vector<uint32_t>& lists) {
    blf_lineages wanted{};
    for (uint32_t list : lists) {
        const bool excepts = PathLists::IsException(lists_[BLF_BY_LINEAGE].key(list));
        (excepts ? wanted.excepting : wanted.governing) |= uint64_t{1} << list;
    }
    const auto found = std::ranges::find_if(lineages_, [&](const blf_lineages& one) {
        return one.governing == wanted.governing && one.excepting == wanted.excepting;
    });
    const auto number = static_cast<uint32_t>(found - lineages_.begin());
    if (found == lineages_.end()) lineages_.push_back(wanted);
    return number;
}

std::vector<blf_lineage_list> DimensionTables::LineageLists() const {
    const PathLists& lineage = lists_[BLF_BY_LINEAGE];
    std::vector<blf_lineage_list> lists(lineage.size() > 0 ? BLF_LINEAGES_MAX : 0);
    for (size_t i = 0; i < lineage.size(); i++) lists[i].key = HashBytes(lineage.key(i)) | 1;
    return lists;
}

}  // namespace bailiff::policy
