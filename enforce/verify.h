// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "enforce/proof.h"

namespace bailiff::enforce {

struct Verification {
    uint64_t generation = 0;
    Proof proof;
};

// The proof again, of what is in force now. Nothing when nothing is (generation 0 included).
Result<std::optional<Verification>> Verify();

}  // namespace bailiff::enforce
