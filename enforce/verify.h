// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "enforce/proof.h"
#include "policy/image.h"

namespace bailiff::enforce {

struct Verification {
    uint64_t generation = 0;
    Proof proof;
    bool intact = false;  // the published bytes have the digest that they carry
    // What symbolic links in the policies led to when it was applied; for the caller to look again.
    std::vector<policy::LinkRecord> links;

    bool complete() const { return intact && proof.complete(); }
};

// The proof again, of what is in force now, and a look at its bytes. Nothing when nothing is in
// force (generation 0 included); kUnknown when there are programs of ours out of sight besides.
Result<std::optional<Verification>> Verify();

}  // namespace bailiff::enforce
