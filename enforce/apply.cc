// SPDX-License-Identifier: Apache-2.0
#include "enforce/apply.h"

#include <ctime>
#include <optional>

#include "enforce/lock.h"
#include "enforce/pins.h"
#include "enforce/steps.h"

namespace bailiff::enforce {
namespace {

Result<uint64_t> GenerationOf(const Deployment& deployment) {
    ImageMap image = TRY(deployment.Published());
    return image.view().index().generation;
}

Result<Proof> ProveOrFail(const Deployment& deployment, uint64_t generation) {
    Proof proof = TRY(Prove(deployment, generation));
    if (!proof.complete()) return std::unexpected(NotProved(proof));
    return proof;
}

// The commit: one swap of the slot. Undone if the kernel does not obey afterwards.
Result<Proof> Replace(const Deployment& deployment, policy::Image image, uint64_t generation) {
    ImageMap before = TRY(deployment.Published());
    image.set_generation(generation);
    ImageMap next = TRY(ImageMap::Create(image));
    AtStep("image-filled");
    TRY_STATUS(deployment.Publish(next));
    AtStep("published");
    Result<Proof> proof = ProveOrFail(deployment, generation);
    if (!proof) {
        TRY_STATUS(deployment.Publish(before));
        return proof;
    }
    AtStep("proved");
    deployment.control()->applied_at = static_cast<uint64_t>(time(nullptr));
    deployment.control()->applied_generation = generation;
    return proof;
}

// A deployment that stands there and cannot be adopted still enforces: it is exchanged only once
// the new one is in force.
Result<Proof> Commit(const Deployment& fresh, policy::Image image, uint64_t generation) {
    bool replaces = TRY(PinsExist(kDirectory));
    if (!replaces) {
        TRY_STATUS(CommitPins(kStaging, kDirectory));
        AtStep("committed");
    }
    Result<Proof> proof = Replace(fresh, std::move(image), generation);
    if (proof && replaces) TRY_STATUS(CommitPins(kStaging, kDirectory));
    if (!proof && !replaces) TRY_STATUS(RemovePins(kDirectory));
    return proof;
}

Result<Applied> ApplyFresh(policy::Image image, uint64_t generation) {
    Deployment fresh = TRY(Deployment::Load());
    TRY_STATUS(ProveOrFail(fresh, 0));
    AtStep("programs-proved");
    Status pinned = fresh.Pin(kStaging);
    Result<Proof> proof =
        pinned ? Commit(fresh, std::move(image), generation) : std::unexpected(pinned.error());
    Status cleaned = RemovePins(kStaging);
    if (!proof) return std::unexpected(proof.error());
    TRY_STATUS(cleaned);
    return Applied{generation, false, std::move(*proof)};
}

}  // namespace

Result<Applied> Apply(policy::Image image) {
    Fd lock = TRY(Lock());
    TRY_STATUS(RemovePins(kStaging));
    Result<Deployment> present = Deployment::Adopt(kDirectory);
    Result<uint64_t> generation =
        present ? GenerationOf(*present) : std::unexpected(present.error());
    if (!generation) {
        if (generation.error().kind == ErrorKind::kNoPrivilege) {
            return std::unexpected(generation.error());
        }
        return ApplyFresh(std::move(image), 1);
    }
    TRY_STATUS(ProveOrFail(*present, *generation));
    AtStep("adopted");
    Proof proof = TRY(Replace(*present, std::move(image), *generation + 1));
    return Applied{*generation + 1, *generation != 0, std::move(proof)};
}

// The slot alone is enough to stop the denying at once, whatever else is missing: links go a moment
// after their pins.
Result<TakenAway> TakeAway() {
    Fd lock = TRY(Lock());
    TakenAway taken;
    taken.was_there = TRY(PinsExist(kDirectory));
    Result<Fd> slot = OpenPin(kDirectory, "slot");
    if (slot) {
        Result<ImageMap> image = ImageMap::Published(slot->get());
        if (image) taken.generation = image->view().index().generation;
        taken.complete = image && Deployment::Adopt(kDirectory);
        TRY_STATUS(Deployment::PublishEmptyIn(slot->get()));
        AtStep("emptied");
    }
    TRY_STATUS(RemovePins(kDirectory));
    TRY_STATUS(RemovePins(kStaging));
    return taken;
}

}  // namespace bailiff::enforce
