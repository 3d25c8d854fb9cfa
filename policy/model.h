// SPDX-License-Identifier: Apache-2.0
//
// What a policy says, freed from its spelling: globs are parsed, operations are bits, names of
// users are numbers. Plain data, produced by policy/read_policy.h, consumed by policy/compile.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "abi/operation.h"
#include "abi/subject.h"
#include "policy/address.h"
#include "policy/path_pattern.h"
#include "policy/source.h"

namespace bailiff::policy {

enum class Mode { kEnforce, kAudit };

// What a rule says of the requests that it matches. A policy's default is its last rule: it denies
// what it closes where none of the policy's others allows it.
enum class RuleKind { kDenies, kAllows, kDefault };

// An inclusive range of numbers: of users, of ports, of enum blf_session, of capabilities.
struct NumberRange {
    uint32_t first;
    uint32_t last;
    friend bool operator==(const NumberRange&, const NumberRange&) = default;
};

using Patterns = std::vector<PathPattern>;
using Ranges = std::vector<NumberRange>;

// Which processes. The selectors that are there (abi/selectors.def) must all match (AND), each by
// any one of its entries (OR). A selector that was not written is an empty list and matches every
// process. Of a rule's details, those of abi/details.def and of the process that is asked about
// (target_…), and no others; of an exception, all but those of abi/details.def.
struct Subject {
#define BLF_PATH_SELECTOR(id, field, word, dimension, example) \
    Patterns field = {}, target_##field = {};
#define BLF_NUMBER_SELECTOR(id, field, word, dimension, example) \
    Ranges field = {}, target_##field = {};
#define BLF_TEXT_DETAIL(id, field, word, dimension, operations, example) Patterns field = {};
#define BLF_NUMBER_DETAIL(id, field, word, dimension, operations, example) Ranges field = {};
#include "abi/details.def"
#include "abi/selectors.def"
#undef BLF_PATH_SELECTOR
#undef BLF_NUMBER_SELECTOR
#undef BLF_TEXT_DETAIL
#undef BLF_NUMBER_DETAIL

    bool empty() const;
};

// The selectors, for code that treats all of a kind alike.
template <typename List>
struct Selector {
    List Subject::* field;
    std::string_view word;
    blf_by dimension;
    std::string_view example;
};

inline constexpr Selector<Patterns> kPathSelectors[] = {
#define BLF_PATH_SELECTOR(id, field, word, dimension, example) \
    {&Subject::field, word, BLF_BY_##dimension, example},
#define BLF_NUMBER_SELECTOR(id, field, word, dimension, example)
#define BLF_TEXT_DETAIL(id, field, word, dimension, operations, example) \
    {&Subject::field, word, BLF_BY_##dimension, example},
#define BLF_NUMBER_DETAIL(id, field, word, dimension, operations, example)
#include "abi/details.def"
#include "abi/selectors.def"
#undef BLF_PATH_SELECTOR
#define BLF_PATH_SELECTOR(id, field, word, dimension, example) \
    {&Subject::target_##field, "target-" word, BLF_BY_TARGET_##dimension, example},
#include "abi/selectors.def"
#undef BLF_PATH_SELECTOR
#undef BLF_NUMBER_SELECTOR
#undef BLF_TEXT_DETAIL
#undef BLF_NUMBER_DETAIL
};

inline constexpr Selector<Ranges> kNumberSelectors[] = {
#define BLF_PATH_SELECTOR(id, field, word, dimension, example)
#define BLF_NUMBER_SELECTOR(id, field, word, dimension, example) \
    {&Subject::field, word, BLF_BY_##dimension, example},
#define BLF_TEXT_DETAIL(id, field, word, dimension, operations, example)
#define BLF_NUMBER_DETAIL(id, field, word, dimension, operations, example) \
    {&Subject::field, word, BLF_BY_##dimension, example},
#include "abi/details.def"
#include "abi/selectors.def"
#undef BLF_NUMBER_SELECTOR
#define BLF_NUMBER_SELECTOR(id, field, word, dimension, example) \
    {&Subject::target_##field, "target-" word, BLF_BY_TARGET_##dimension, example},
#include "abi/selectors.def"
#undef BLF_PATH_SELECTOR
#undef BLF_NUMBER_SELECTOR
#undef BLF_TEXT_DETAIL
#undef BLF_NUMBER_DETAIL
};

// Is it compared with what is asked for, and not with who asks?
constexpr bool IsDetail(blf_by dimension) {
    return (BLF_OF_REQUESTS >> dimension & 1) != 0;
}
template <typename List>
constexpr bool IsDetail(const Selector<List>& selector) {
    return IsDetail(selector.dimension);
}

// Is it compared with the process that is asked about?
constexpr bool IsOfTarget(blf_by dimension) {
    return (BLF_OF_TARGETS >> dimension & 1) != 0;
}
template <typename List>
constexpr bool IsOfTarget(const Selector<List>& selector) {
    return IsOfTarget(selector.dimension);
}

// The same dimension of who asks, of one of the process that is asked about; else itself.
constexpr blf_by OfAsker(blf_by dimension) {
#define BLF_PATH_SELECTOR(id, field, word, by, example) \
    if (dimension == BLF_BY_TARGET_##by) return BLF_BY_##by;
#define BLF_NUMBER_SELECTOR(id, field, word, by, example) \
    if (dimension == BLF_BY_TARGET_##by) return BLF_BY_##by;
#include "abi/selectors.def"
#undef BLF_PATH_SELECTOR
#undef BLF_NUMBER_SELECTOR
    return dimension;
}

// The same dimension of the process that is asked about, of one of who asks; else itself.
constexpr blf_by OfTarget(blf_by dimension) {
#define BLF_PATH_SELECTOR(id, field, word, by, example) \
    if (dimension == BLF_BY_##by) return BLF_BY_TARGET_##by;
#define BLF_NUMBER_SELECTOR(id, field, word, by, example) \
    if (dimension == BLF_BY_##by) return BLF_BY_TARGET_##by;
#include "abi/selectors.def"
#undef BLF_PATH_SELECTOR
#undef BLF_NUMBER_SELECTOR
    return dimension;
}

// What keys of the process that is asked about begin with.
inline constexpr std::string_view kTarget = "target-";

// The operations that have this detail, by its key.
constexpr blf_set OperationsWith(std::string_view key) {
#define BLF_TEXT_DETAIL(id, field, word, dimension, operations, example) \
    if (key == (word)) return (operations);
#define BLF_NUMBER_DETAIL(id, field, word, dimension, operations, example) \
    if (key == (word)) return (operations);
#include "abi/details.def"
#undef BLF_TEXT_DETAIL
#undef BLF_NUMBER_DETAIL
    return key.starts_with(kTarget) ? BLF_TARGET_OPERATIONS : 0;
}

// The automaton by which paths are told apart for this dimension.
constexpr blf_by AutomatonOf(blf_by dimension) {
    const bool lineage = ((BLF_OF_ANCESTORS | BLF_OF_SCRIPTS) >> dimension & 1) != 0;
    return lineage ? BLF_BY_LINEAGE : dimension;
}

// Those whose members are lists of that automaton of paths.
inline constexpr blf_by kLineageDimensions[] = {BLF_BY_ANCESTORS, BLF_BY_SCRIPT,
                                                BLF_BY_TARGET_ANCESTORS, BLF_BY_TARGET_SCRIPT};

// Its patterns are of files that a file system may have links to.
constexpr bool IsOfFiles(const Selector<Patterns>& selector) {
    const blf_by by = OfAsker(selector.dimension);
    return by != BLF_BY_CGROUP && by != BLF_BY_EXE_SHA256 && !IsDetail(by);
}

constexpr bool IsContainer(const Selector<Patterns>& selector) {
    return selector.field == &Subject::container || selector.field == &Subject::target_container;
}

// Of one process one asks its cgroup; `container` is for policies alone, another way of naming
// that.
constexpr bool IsOfProcess(const Selector<Patterns>& selector) {
    return !IsContainer(selector);
}

inline bool Subject::empty() const {
    return std::ranges::all_of(kPathSelectors,
                               [this](const auto& one) { return (this->*one.field).empty(); }) &&
           std::ranges::all_of(kNumberSelectors,
                               [this](const auto& one) { return (this->*one.field).empty(); });
}

// A symbolic link that a pattern's beginning goes through, as it was found (resolve_links.h).
struct FollowedLink {
    std::string spelling;
    std::string target;  // resolved: no link any more
};

struct Rule {
    RuleKind kind = RuleKind::kDenies;
    blf_set operations = 0;            // bits of enum blf_operation
    std::vector<PathPattern> objects;  // any of them; none: whatever it is at, or at no place
    std::vector<AddressPrefix> addresses = {};  // any of them; none: whatever the address
    Subject details = {};                       // all of its selectors
    Subject except;                             // empty: no exception
    int error = 0;                              // a positive errno, e.g. EPERM; of an allow 0
    Span where;                                 // the rule's first key
    std::vector<FollowedLink> links;            // of its objects and exceptions, distinct
    Span except_where = {};                     // the exception, if there is one
};

struct Policy {
    std::string name;
    std::string description;
    Mode mode = Mode::kEnforce;
    Subject applies_to;
    std::vector<Rule> rules;          // in the order of the text; then the default, if there is one
    Span where;                       // the policy's name
    std::vector<FollowedLink> links;  // of applies_to, distinct
};

}  // namespace bailiff::policy
