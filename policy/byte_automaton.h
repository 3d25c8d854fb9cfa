// SPDX-License-Identifier: Apache-2.0
//
// A set of globs as one deterministic automaton over bytes: run over a whole component name, it
// says which of the globs match.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "policy/path_pattern.h"
#include "policy/work.h"

namespace bailiff::policy {

struct ByteAutomaton {
    std::array<uint8_t, 256> class_of{};  // bytes that no glob tells apart share a class
    uint32_t classes = 0;
    std::vector<uint16_t> table;   // next = table[state * classes + class]; begins in state 0
    std::vector<uint16_t> accept;  // by state: 0, or 1 + index into `matches`
    // The distinct sets of globs (indices into the input, sorted, not empty) that match together.
    std::vector<std::vector<uint32_t>> matches;

    // What `accept` says after the name.
    uint16_t Run(std::string_view name) const;
};

// Nothing when the automaton would have more than kByteStatesMax states (globs like *a*b*c* whose
// overlaps multiply), or when the work is spent.
inline constexpr size_t kByteStatesMax = 16384;
std::optional<ByteAutomaton> BuildByteAutomaton(const std::vector<const Glob*>& globs, Work* work);

}  // namespace bailiff::policy
