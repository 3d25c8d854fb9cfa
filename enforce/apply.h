// SPDX-License-Identifier: Apache-2.0
//
// Putting an image in force, and taking it away. Both hold the lock; both may be killed at any
// step (enforce/steps.h) and leave the old policy or the new one in force, nothing between; what a
// killed one left lying about is cleaned up by the next.
#pragma once

#include <cstdint>
#include <vector>

#include "enforce/attached.h"
#include "enforce/kernel_types.h"
#include "enforce/proof.h"
#include "policy/image.h"

namespace bailiff::enforce {

struct Applied {
    uint64_t generation = 0;
    bool replaced = false;  // programs that were there went on, with another image
    Proof proof;
    // Of a deployment that this one replaced, and still attached: something holds them, and what
    // they enforced they still do.
    std::vector<AttachedProgram> strays;
};

// 1. With a usable deployment in place: its hooks are proved, the image is published by swapping
//    the slot, proved again; if that fails the image before is published again.
// 2. Otherwise: new programs are loaded and attached with the empty image, proved, pinned, and
//    committed by renaming their directory; then as in 1. An unusable deployment (of another
//    build, or with pins missing) enforces until the new one does, and is removed then.
// kUnknown, and nothing is done, while programs of ours are attached that no pin in sight accounts
// for: a second set beside them could neither replace them nor be taken away with them.
// `kernel`: the running one's, as Probe() found it.
Result<Applied> Apply(policy::Image image, const KernelTypes& kernel);

struct TakenAway {
    bool was_there = false;
    uint64_t generation = 0;              // 0: nothing was enforced, or it could not be told
    bool complete = false;                // every pin was there and of this version
    size_t hooks = 0;                     // that were attached, when it was complete
    std::vector<AttachedProgram> strays;  // still attached: these pins were not what holds them
};

// Publishes the empty image, removes the pins, and returns when the kernel has released the links.
Result<TakenAway> TakeAway();

}  // namespace bailiff::enforce
