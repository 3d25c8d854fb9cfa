// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "enforce/proof.h"

namespace bailiff::enforce {

struct Verification {
    uint64_t generation = 0;
    Proof proof;
    bool intact = false;  // the published bytes have the digest that they carry

    bool complete() const { return intact && proof.complete(); }
};

// The proof again, of what is in force now, and a look at its bytes. Nothing when nothing is in
// force (generation 0 included); kUnknown when there are programs of ours out of sight besides.
Result<std::optional<Verification>> Verify();

}  // namespace bailiff::enforce
