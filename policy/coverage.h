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

// Which trees paths are in. Whatever is on no mount, a memfd for one, is in a lost tree; a cgroup
// never is.
enum class Trees { kMounted, kAll };

// By state: whether some path leads there. An automaton may have states that no name leads to: what
// a glob matches may be names with edges of their own, or only names that no file can have.
std::vector<bool> ReachableStates(const PathAutomaton& automaton, Work* work,
                                  Trees trees = Trees::kAll);

// Is there a path that is in each of these lists, and not in `without` (which may be null)? A list
// with patterns that are `outside` has the paths that none of these match, too. Nothing when the
// work is spent before that is known.
std::optional<bool> SomePathIs(const std::vector<const std::vector<PathPattern>*>& within,
                               const std::vector<PathPattern>* without, Trees trees, Work* work);

// Does every path that one of `inner` matches match one of `outer`? Nothing when the work is spent
// before that is known.
std::optional<bool> CoversPaths(const std::vector<PathPattern>& outer,
                                const std::vector<PathPattern>& inner, Work* work);

}  // namespace bailiff::policy
