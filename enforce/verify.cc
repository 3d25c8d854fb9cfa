// SPDX-License-Identifier: Apache-2.0
#include "enforce/verify.h"

#include "enforce/attached.h"
#include "enforce/lock.h"
#include "enforce/pins.h"

namespace bailiff::enforce {

Result<std::optional<Verification>> Verify() {
    Fd lock = TRY(Lock());
    bool pinned = TRY(PinsExist(kDirectory));
    std::vector<AttachedProgram> strays = TRY(StrayPrograms(kDirectory));
    if (!pinned && !strays.empty()) return std::unexpected(OutOfSight(strays));
    if (!pinned) return std::nullopt;
    Deployment deployment = TRY(Deployment::Adopt(kDirectory));
    ImageMap image = TRY(deployment.Published());
    uint64_t generation = image.view().root().generation;
    if (generation == 0 && !strays.empty()) return std::unexpected(OutOfSight(strays));
    if (generation == 0) return std::nullopt;
    bool intact = image.view().ComputeDigest() == image.view().stored_digest();
    const ProofGround ground = TRY(ProofGround::Make());
    Proof proof = TRY(Prove(deployment, ground, generation));
    return Verification{generation, std::move(proof), intact, image.view().Links()};
}

}  // namespace bailiff::enforce
