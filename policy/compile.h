// SPDX-License-Identifier: Apache-2.0
//
// Model to image: the second half of the compiler. Pure: the same policies give the same bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/image.h"
#include "policy/model.h"
#include "policy/path_automaton.h"
#include "policy/source.h"

namespace bailiff::policy {

struct CompileLimits {
    size_t blocks = BLF_BLOCKS_MAX;  // of the image
    AutomatonLimits automaton;
    size_t work =
        40'000'000;     // steps for each automaton, half a second; and more for more patterns
    size_t review = 0;  // steps to spend on looking for rules that change nothing (policy/review.h)
};
inline constexpr size_t kReviewWork = 30'000'000;

// Lists of object states, by their numbers in the image, each of which is to be one more state that
// has all that they have (policy/tags.h).
using StateUnions = std::vector<std::vector<uint32_t>>;

// Policies without errors, as ReadPolicies() gave them. No policies compile to the empty image,
// which denies nothing. Nothing is returned when a limit (also abi/limits.h) is passed;
// `diagnostics` then says which and by what. What a review finds are warnings.
std::optional<Image> Compile(std::vector<Policy> policies, const Sources& sources,
                             Diagnostics* diagnostics, const CompileLimits& limits = {},
                             const StateUnions& unions = {});

}  // namespace bailiff::policy
