// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "policy/path_automaton.h"
#include "policy/vector_table.h"

namespace bailiff::policy {

// By state: the vector of all that is accepted behind it, after one component or more; a directory
// that moves takes that along. `own`: by set of labels (PathState::accepts), what the state itself
// accepts. Time: a step for each state and edge, whatever cycles `**` makes.
std::vector<uint32_t> VectorsBelow(const PathAutomaton& automaton, const std::vector<uint32_t>& own,
                                   VectorTable* vectors);

}  // namespace bailiff::policy
