// SPDX-License-Identifier: Apache-2.0
//
// A set of globs as one deterministic automaton over bytes: run over a whole component name, it
// says which of the globs match.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "policy/path_pattern.h"

namespace bailiff::policy {

struct ByteAutomaton {
    std::array<uint8_t, 256> class_of{};  // bytes that no glob tells apart share a class
    uint32_t classes = 0;
    std::vector<uint16_t> table;   // next = table[state * classes + class]; begins in state 0
    std::vector<uint16_t> accept;  // by state: 0, or 1 + index into `matches`
    // The distinct sets of globs (indices into the input, sorted, not empty) that match together.
    std::vector<std::vector<uint32_t>> matches;
};

// Nothing when the automaton would have more than kByteStatesMax states (globs like *a*b*c* whose
// overlaps multiply).
inline constexpr size_t kByteStatesMax = 16384;
std::optional<ByteAutomaton> BuildByteAutomaton(const std::vector<Glob>& globs);

}  // namespace bailiff::policy
