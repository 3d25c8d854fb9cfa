// SPDX-License-Identifier: Apache-2.0
//
// What a policy says, freed from its spelling: globs are parsed, operations are bits, names of
// users are numbers. Plain data, produced by policy/read_policy.h, consumed by policy/compile.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policy/path_pattern.h"
#include "policy/source.h"

namespace bailiff::policy {

enum class Mode { kEnforce, kAudit };

// An inclusive range of user ids.
struct UidRange {
    uint32_t first;
    uint32_t last;
    friend bool operator==(const UidRange&, const UidRange&) = default;
};

// Which processes. The selectors that are there must all match (AND), each by any one of its
// entries (OR). A selector that was not written is an empty list and matches every process.
struct Subject {
    std::vector<PathPattern> exe;  // the executable's visible path
    std::vector<UidRange> uid;     // the effective user id on the host

    bool empty() const { return exe.empty() && uid.empty(); }
};

// A symbolic link that a pattern's beginning goes through, as it was found (resolve_links.h).
struct FollowedLink {
    std::string spelling;
    std::string target;  // resolved: no link any more
};

struct Rule {
    uint64_t operations = 0;           // bits of enum blf_operation
    std::vector<PathPattern> objects;  // any of them; never empty
    Subject except;                    // empty: no exception
    int error = 0;                     // a positive errno, e.g. EPERM
    Span where;                        // the rule's first key
    std::vector<FollowedLink> links;   // of its objects and exceptions, distinct
    Span except_where = {};            // the exception, if there is one
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
