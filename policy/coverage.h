// SPDX-License-Identifier: Apache-2.0
//
// What patterns cover, exactly: by the languages they stand for, not by their texts.
#pragma once

#include <optional>
#include <vector>

#include "policy/path_automaton.h"
#include "policy/path_pattern.h"
#include "policy/work.h"

namespace bailiff::policy {

// By state: whether some path leads there, in the tree of a mount namespace or in a lost one. An
// automaton may have states that no name leads to: what a glob matches may be names with edges of
// their own, or only names that no file can have.
std::vector<bool> ReachableStates(const PathAutomaton& automaton, Work* work);

// Does every path that one of `inner` matches match one of `outer`? Nothing when the work is spent
// before that is known.
std::optional<bool> CoversPaths(const std::vector<PathPattern>& outer,
                                const std::vector<PathPattern>& inner, Work* work);

}  // namespace bailiff::policy
