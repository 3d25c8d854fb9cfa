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
// process. Of a rule's sockets, those of abi/sockets.def, and no others.
struct Subject {
#define BLF_PATH_SELECTOR(id, field, word, dimension, example) Patterns field = {};
#define BLF_NUMBER_SELECTOR(id, field, word, dimension, example) Ranges field = {};
#define BLF_SOCKET_SELECTOR(id, field, word, dimension, example) Ranges field = {};
#include "abi/selectors.def"
#include "abi/sockets.def"
#undef BLF_PATH_SELECTOR
#undef BLF_NUMBER_SELECTOR
#undef BLF_SOCKET_SELECTOR

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
#include "abi/selectors.def"
#undef BLF_PATH_SELECTOR
#undef BLF_NUMBER_SELECTOR
};

inline constexpr Selector<Ranges> kNumberSelectors[] = {
#define BLF_PATH_SELECTOR(id, field, word, dimension, example)
#define BLF_NUMBER_SELECTOR(id, field, word, dimension, example) \
    {&Subject::field, word, BLF_BY_##dimension, example},
#define BLF_SOCKET_SELECTOR(id, field, word, dimension, example) \
    {&Subject::field, word, BLF_BY_##dimension, example},
#include "abi/selectors.def"
#include "abi/sockets.def"
#undef BLF_PATH_SELECTOR
#undef BLF_NUMBER_SELECTOR
#undef BLF_SOCKET_SELECTOR
};

// Is it compared with a socket, and not with who asks?
constexpr bool IsOfSocket(blf_by dimension) {
    return (BLF_OF_SOCKETS >> dimension & 1) != 0;
}
constexpr bool IsOfSocket(const Selector<Ranges>& selector) {
    return IsOfSocket(selector.dimension);
}

// The automaton by which paths are told apart for this dimension.
constexpr blf_by AutomatonOf(blf_by dimension) {
    return dimension == BLF_BY_ANCESTORS || dimension == BLF_BY_SCRIPT ? BLF_BY_LINEAGE : dimension;
}

// Its patterns are of files that a file system may have links to.
constexpr bool IsOfFiles(const Selector<Patterns>& selector) {
    return selector.dimension != BLF_BY_CGROUP && selector.dimension != BLF_BY_EXE_SHA256;
}

// Of a process one asks its cgroup; `container` is for policies alone, another way of naming that.
constexpr bool IsOfProcess(const Selector<Patterns>& selector) {
    return selector.field != &Subject::container;
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
    uint64_t operations = 0;           // bits of enum blf_operation
    std::vector<PathPattern> objects;  // any of them; none: it is about sockets alone
    // Both empty where an operation is on what has a path.
    std::vector<AddressPrefix> addresses = {};  // any of them; none: whatever the address
    Subject sockets = {};                       // all of its selectors
    Subject except;                             // empty: no exception
    int error = 0;                              // a positive errno, e.g. EPERM
    Span where;                                 // the rule's first key
    std::vector<FollowedLink> links;            // of its objects and exceptions, distinct
    Span except_where = {};                     // the exception, if there is one
};

struct Policy {
    std::string name;
    std::string description;
    Mode mode = Mode::kEnforce;
    Subject applies_to;
    std::vector<Rule> rules;
    Span where;                       // the policy's name
    std::vector<FollowedLink> links;  // of applies_to, distinct
};

}  // namespace bailiff::policy
