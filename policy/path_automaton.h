// SPDX-License-Identifier: Apache-2.0
//
// Path patterns to one deterministic automaton over components. `/**/x` and `/a/*` overlap; here
// the overlap is worked out, so that a walk follows one state and takes one edge a component.
//
// Built in two steps: patterns into a graph with shared beginnings (nondeterministic: `**` stays
// and goes on), then sets of its nodes into states. The work and the size follow the number of
// *distinct* sets, which for literal paths is the number of directories.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/byte_automaton.h"
#include "policy/path_pattern.h"

namespace bailiff::policy {

struct PathState {
    std::map<std::string, uint32_t> literals;  // name -> state; taken before anything else
    uint32_t glob = 0;                         // 1 + index into PathAutomaton::globs, or 0
    std::vector<uint32_t> glob_targets;        // by index into the matcher's `matches`
    uint32_t default_to = 0;                   // any other name
    std::vector<uint32_t> accepts;             // patterns matched here: indices, sorted

    bool sparse() const { return glob != 0 || default_to != 0; }
};

// State 0 is dead: it has no edges, accepts nothing, and nothing leads away from it.
struct PathAutomaton {
    std::vector<PathState> states;
    std::vector<ByteAutomaton> globs;
    uint32_t root = 0;  // at "/"
    uint32_t lost = 0;  // at the root of a tree that no path leads to: what begins with `**`
};

// What a person can do when it does not fit is said by the caller; `too_many` tells what it was.
struct AutomatonLimits {
    size_t states = 4'000'000;
    size_t edges = 8'000'000;
};
std::optional<PathAutomaton> BuildPathAutomaton(const std::vector<const PathPattern*>& patterns,
                                                const AutomatonLimits& limits,
                                                std::string* too_many);

}  // namespace bailiff::policy
