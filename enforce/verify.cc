// SPDX-License-Identifier: Apache-2.0
#include "enforce/verify.h"

#include "enforce/lock.h"
#include "enforce/pins.h"

namespace bailiff::enforce {

Result<std::optional<Verification>> Verify() {
    Fd lock = TRY(Lock());
    if (!TRY(PinsExist(kDirectory))) return std::nullopt;
    Deployment deployment = TRY(Deployment::Adopt(kDirectory));
    ImageMap image = TRY(deployment.Published());
    uint64_t generation = image.view().index().generation;
    if (generation == 0) return std::nullopt;
    return Verification {
        generation, TRY(Prove(deployment, generation))
    };
}

}  // namespace bailiff::enforce
