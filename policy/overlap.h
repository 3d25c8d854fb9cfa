// SPDX-License-Identifier: Apache-2.0
//
// Whom to name when patterns multiply. Internal to policy/path_automaton.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/pattern_graph.h"
#include "policy/state_sets.h"

namespace bailiff::policy {

// Patterns by number, the worst first: those that many of the sets have and many have not.
// None when the sets are about as many as the nodes: nothing multiplies, there is just much.
std::vector<uint32_t> BlameForSets(const PatternGraph& graph, const StateSets& sets);

// The first pattern that has each of these globs, in the order of the patterns.
std::vector<uint32_t> BlameForGlobs(const PatternGraph& graph, const std::vector<uint32_t>& globs);

}  // namespace bailiff::policy
