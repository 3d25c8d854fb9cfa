// SPDX-License-Identifier: Apache-2.0
//
// The dimensions of a process, divided into classes that no clause tells apart.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "policy/clauses.h"
#include "policy/path_automaton.h"

namespace bailiff::policy {

// The lists of patterns that clauses have for one automaton, each once, numbered.
// The patterns of a list that are to be matched have one number, those outside of which a path must
// be have another.
class PathLists {
  public:
    PathLists(const std::vector<Clause>& clauses, blf_by automaton);

    // All patterns, labelled with the number of their list.
    const std::vector<Labelled>& patterns() const { return patterns_; }
    size_t size() const { return count_; }
    // The text of a list: equal lists, equal texts. Those of BLF_BY_LINEAGE that except are lists
    // of their own (struct blf_lineages), and so are scripts': not both are noted all the time.
    const std::string& key(size_t list) const { return keys_[list]; }
    static bool IsException(std::string_view key) { return key.starts_with(kException); }

    // Does the clause let a path through that matches these lists (sorted), as this dimension?
    bool Allows(size_t clause, blf_by by, std::span<const uint32_t> lists) const;
    // The same, its exception aside.
    bool Wants(size_t clause, blf_by by, std::span<const uint32_t> lists) const;
    // Its exception alone.
    bool Excepts(size_t clause, blf_by by, std::span<const uint32_t> lists) const;

  private:
    static constexpr uint32_t kNone = 0xffffffff;
    static constexpr std::string_view kException = "except ";

    struct List {
        blf_by by{};
        uint32_t inside = kNone;
        uint32_t outside = kNone;
    };
    static bool Has(const List& list, std::span<const uint32_t> lists);
    List ListOf(const Patterns& patterns, const Selector<Patterns>& selector, std::string_view use);
    uint32_t NumberOf(const Patterns& patterns, bool outside, std::string_view prefix);

    std::vector<Labelled> patterns_;
    std::vector<std::vector<List>> wanted_;    // by clause: all of them
    std::vector<std::vector<List>> unwanted_;  // by clause: none or one
    std::unordered_map<std::string, uint32_t> numbers_;
    std::vector<std::string> keys_;
    uint32_t count_ = 0;
};

// The numbers from `first` on, up to the next class.
struct NumberClass {
    uint32_t first = 0;
    std::vector<bool> wanted;    // by clause: it asks for none, or for one of these
    std::vector<bool> unwanted;  // by clause: it excepts these

    bool Allows(size_t clause) const { return wanted[clause] && !unwanted[clause]; }
};

// In ascending order, the first from 0 on; neighbours differ. Nothing when there would be more than
// kNumberClassesMax.
inline constexpr size_t kNumberClassesMax = 65536;
std::optional<std::vector<NumberClass>> DivideNumbers(const std::vector<Clause>& clauses,
                                                      const Selector<Ranges>& selector);

// The same of a set of lists of BLF_BY_LINEAGE: a class each for all numbers that one can have, if
// there is any.
std::vector<NumberClass> DivideLineages(const std::vector<Clause>& clauses, const PathLists& lists,
                                        blf_by by);

}  // namespace bailiff::policy
