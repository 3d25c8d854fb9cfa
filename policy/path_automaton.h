// SPDX-License-Identifier: Apache-2.0
//
// Path patterns to one deterministic automaton over components. `/**/x` and `/a/*` overlap; here
// the overlap is worked out, so that a walk follows one state and takes one edge a component.
//
// Built in two steps: patterns into a graph with shared beginnings and ends (nondeterministic: `**`
// stays and goes on), then sets of its nodes into states. The work and the size follow the number
// of *distinct* sets, which for literal paths is the number of directories. Patterns that have
// something to remember on both sides of a `**` multiply it: `/**/a1/**/b1` to `/**/a9/**/b9` have
// a set for each choice of the a's that were seen.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "policy/byte_automaton.h"
#include "policy/path_pattern.h"
#include "policy/work.h"

namespace bailiff::policy {

struct PathState {
    uint32_t first_literal = 0;
    uint32_t literals = 0;      // taken before anything else
    uint32_t glob = 0;          // 1 + index into PathAutomaton::globs, or 0
    uint32_t first_target = 0;  // by index into the matcher's `matches`
    uint32_t default_to = 0;    // any other name
    uint32_t accepts = 0;       // number of a set of labels

    bool sparse() const { return glob != 0 || default_to != 0; }
};

// State 0 is dead: it has no edges, accepts nothing, and nothing leads away from it.
struct PathAutomaton {
    struct Literal {
        uint32_t name;
        uint32_t to;
    };

    std::vector<PathState> states;
    std::vector<ByteAutomaton> globs;
    uint32_t root = 0;  // at "/"
    uint32_t lost = 0;  // at the root of a tree that no path leads to: what begins with `**`

    std::vector<Literal> all_literals;
    std::vector<uint32_t> all_targets;
    std::vector<std::vector<uint32_t>> label_sets = {{}};  // sorted; distinct; 0 is empty
    std::vector<std::string_view> names;                   // views into the patterns, or into:
    std::deque<std::string> name_copies;

    std::span<const Literal> LiteralsOf(const PathState& state) const {
        return std::span(all_literals).subspan(state.first_literal, state.literals);
    }
    // The states that the globs of a state lead to.
    std::span<const uint32_t> TargetsOf(const PathState& state) const {
        if (state.glob == 0) return {};
        return std::span(all_targets)
            .subspan(state.first_target, globs[state.glob - 1].matches.size());
    }
    std::span<const uint32_t> LabelsOf(const PathState& state) const {
        return label_sets[state.accepts];
    }
};

// A pattern, and what a state says that it leads to. Labels need not be distinct.
struct Labelled {
    const PathPattern* pattern;
    uint32_t label;
};

// Why there is no automaton, and the patterns (indices) to which that is due, the worst first.
struct Overlap {
    enum class Of { kDirectories, kNames } of;  // over components, or over bytes of one
    std::vector<uint32_t> patterns;
};

struct AutomatonLimits {
    size_t states = 4'000'000;
    size_t edges = 8'000'000;
};

// The patterns must outlive the automaton.
std::variant<PathAutomaton, Overlap> BuildPathAutomaton(const std::vector<Labelled>& patterns,
                                                        const AutomatonLimits& limits, Work* work);

}  // namespace bailiff::policy
