// SPDX-License-Identifier: Apache-2.0
//
// The two dimensions of a subject, divided into classes that no clause tells apart.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "policy/clauses.h"
#include "policy/path_automaton.h"

namespace bailiff::policy {

// The lists of executables that clauses have, each once, numbered.
class ExeLists {
  public:
    explicit ExeLists(const std::vector<Clause>& clauses);

    // All patterns, labelled with the number of their list.
    const std::vector<Labelled>& patterns() const { return patterns_; }

    // Does the clause let an executable through that matches these lists (sorted)?
    bool Allows(size_t clause, std::span<const uint32_t> lists) const;
    // The same, its exception aside.
    bool Wants(size_t clause, std::span<const uint32_t> lists) const;

  private:
    static constexpr uint32_t kNone = 0xffffffff;

    std::vector<Labelled> patterns_;
    std::vector<std::pair<uint32_t, uint32_t>> of_clause_;  // must match, must not match
};

// The users from `first` on, up to the next class.
struct UidClass {
    uint32_t first = 0;
    std::vector<bool> allowed;  // by clause
};

// In ascending order, the first from 0 on; neighbours differ. Nothing when there would be more than
// kUidClassesMax.
inline constexpr size_t kUidClassesMax = 65536;
std::optional<std::vector<UidClass>> DivideUids(const std::vector<Clause>& clauses);

}  // namespace bailiff::policy
