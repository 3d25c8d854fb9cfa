// SPDX-License-Identifier: Apache-2.0
//
// What an image says of the dimensions of a process (abi/image.h), but for the states of paths.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "abi/image.h"
#include "policy/clauses.h"
#include "policy/subjects.h"

namespace bailiff::policy {

class DimensionTables {
  public:
    // The number of the vector of those clauses, by index, for which it is true.
    using VectorWhere = std::function<uint32_t(const std::function<bool(size_t)>&)>;

    // `lists`: of the dimensions that are paths. Both must outlive it.
    DimensionTables(const std::vector<Clause>& clauses, const std::vector<PathLists>& lists)
        : clauses_(clauses), lists_(lists) {}

    // The word of a selector that has more classes than kNumberClassesMax, or nothing.
    std::optional<std::string_view> Fill(const VectorWhere& vector_where);

    // BLF_DIMENSION() of those that some clause asks for.
    uint64_t Used() const;
    uint32_t none_vector(uint32_t by) const { return none_vectors_[by]; }
    uint32_t unknown_vector(uint32_t by) const { return unknown_vectors_[by]; }
    const std::vector<blf_number>& numbers(uint32_t by) const { return numbers_[by]; }
    // Of a dimension whose members are numbers.
    const std::vector<NumberClass>& classes(uint32_t by) const { return classes_[by]; }

    // The index among lineages() of these lists together.
    uint32_t LineagesOf(const std::vector<uint32_t>& lists);
    const std::vector<blf_lineages>& lineages() const { return lineages_; }
    // One for each bit; empty when no clause asks for one.
    std::vector<blf_lineage_list> LineageLists() const;

  private:
    void Add(const std::vector<NumberClass>& classes, blf_by by, const VectorWhere& vector_where);
    bool AsksNone(size_t clause, blf_by by) const;
    // Does the clause allow only where this has one of certain values?
    bool AllowsBy(size_t clause, blf_by by) const;

    const std::vector<Clause>& clauses_;
    const std::vector<PathLists>& lists_;
    std::array<uint32_t, BLF_DIMENSIONS> none_vectors_{};
    std::array<uint32_t, BLF_DIMENSIONS> unknown_vectors_{};
    std::array<std::vector<blf_number>, BLF_DIMENSIONS> numbers_;
    std::array<std::vector<NumberClass>, BLF_DIMENSIONS> classes_;
    std::vector<blf_lineages> lineages_ = {{}};
};

}  // namespace bailiff::policy
