// SPDX-License-Identifier: Apache-2.0
//
// Where cases come from.
#pragma once

#include <cstdint>

#include "tests/vm/programs/differential/comparison.h"

namespace bailiff::differential {

// Policies and files drawn at random, moved below a directory of the case's own; patterns that
// begin with `**` partly stay as they are, for every place.
Case RandomCase(uint64_t seed);

// Every pattern of up to `depth` components over a small alphabet beside every other one, each pair
// for a user of its own, on every path. In parts of an image each; an empty Case after the last.
Case PairsOfPatterns(size_t depth, size_t part);

}  // namespace bailiff::differential
