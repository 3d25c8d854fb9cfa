// SPDX-License-Identifier: Apache-2.0
#include "enforce/apply.h"

#include <bit>
#include <ctime>
#include <optional>

#include "enforce/attached.h"
#include "enforce/file_digests.h"
#include "enforce/lock.h"
#include "enforce/pins.h"
#include "enforce/steps.h"

namespace bailiff::enforce {
namespace {

Result<uint64_t> GenerationOf(const Deployment& deployment) {
    ImageMap image = TRY(deployment.Published());
    return image.view().root().generation;
}

Result<Proof> ProveOrFail(const Deployment& deployment, const ProofGround& ground,
                          uint64_t generation) {
    Proof proof = TRY(Prove(deployment, ground, generation));
    if (!proof.complete()) return std::unexpected(NotProved(proof));
    return proof;
}

// The commit: one swap of the slot. Undone if the kernel does not obey afterwards. `lineages`: the
// image whose lists of ancestors go on, or null: the one that is replaced.
Result<Applied> Replace(const Deployment& deployment, const ProofGround& ground,
                        policy::Image image, const ImageMap* lineages = nullptr) {
    ImageMap before = TRY(deployment.Published());
    uint64_t generation = deployment.control()->last_generation + 1;
    image.set_generation(generation);
    image.CarryLineages(lineages ? lineages->view() : before.view(), generation);
    ImageMap next = TRY(ImageMap::Create(image));
    AtStep("image-filled");
    deployment.control()->last_generation = generation;
    TRY_STATUS(deployment.Publish(next));
    AtStep("published");
    Result<Proof> proof = ProveOrFail(deployment, ground, generation);
    if (!proof) {
        TRY_STATUS(deployment.Publish(before));
        return std::unexpected(proof.error());
    }
    AtStep("proved");
    deployment.control()->applied_at = static_cast<uint64_t>(time(nullptr));
    deployment.control()->applied_generation = generation;
    return Applied{.generation = generation,
                   .replaced = before.view().root().generation != 0,
                   .proof = std::move(*proof),
                   .strays = {}};
}

// Links go a moment after their pins, and are attached a little longer than the kernel lists them:
// until then what was replaced denies nothing. One of another version may not take our empty image;
// it then goes with its links.
void Silence(std::string_view directory) {
    Result<Fd> slot = OpenPin(directory, "slot");
    if (!slot) return;
    const Status silenced = Deployment::PublishEmptyIn(slot->get());
    static_cast<void>(silenced);
}

// A deployment that stands there and is not used any more still enforces: it is exchanged only once
// the new one is in force.
Result<Applied> Commit(const Deployment& fresh, const ProofGround& ground, policy::Image image,
                       const ImageMap* lineages) {
    bool replaces = TRY(PinsExist(kDirectory));
    if (!replaces) {
        TRY_STATUS(CommitPins(kStaging, kDirectory));
        AtStep("committed");
    }
    Result<Applied> applied = Replace(fresh, ground, std::move(image), lineages);
    if (applied && replaces) {
        TRY_STATUS(CommitPins(kStaging, kDirectory));
        AtStep("exchanged");
        Silence(kStaging);
    }
    if (!applied && !replaces) TRY_STATUS(RemovePins(kDirectory));
    return applied;
}

// `last`: the generation to count on from; `published`: what is in force until then, or null.
Result<Applied> ApplyFresh(policy::Image image, const ProofGround& ground,
                           const KernelTypes& kernel, uint64_t last, const ImageMap* published) {
    // The bits that tasks carry mean what the image says that is carried on, and nothing without
    // it.
    Deployment fresh =
        TRY(Deployment::Load(WantedBy(image.view(), kernel), kernel, published != nullptr));
    fresh.control()->last_generation = last;
    TRY_STATUS(ProveOrFail(fresh, ground, 0));
    TRY_STATUS(BeginDigests(fresh));
    AtStep("programs-proved");
    Status pinned = fresh.Pin(kStaging);
    Result<Applied> applied = pinned ? Commit(fresh, ground, std::move(image), published)
                                     : std::unexpected(pinned.error());
    Status cleaned = RemovePins(kStaging);
    if (!applied) return applied;
    TRY_STATUS(cleaned);
    applied->strays = TRY(LastingStrays(kDirectory));
    return applied;
}

}  // namespace

Result<Applied> Apply(policy::Image image) {
    Fd lock = TRY(Lock());
    TRY_STATUS(RemovePins(kStaging));
    std::vector<AttachedProgram> strays = TRY(LastingStrays(kDirectory));
    if (!strays.empty()) return std::unexpected(OutOfSight(strays));
    Result<Deployment> present = Deployment::Adopt(kDirectory);
    Result<uint64_t> generation =
        present ? GenerationOf(*present) : std::unexpected(present.error());
    if (!generation && generation.error().kind == ErrorKind::kNoPrivilege) {
        return std::unexpected(generation.error());
    }
    const KernelTypes kernel = TRY(KernelTypes::Load());
    // Now, since the new policy may deny it.
    const ProofGround ground = TRY(ProofGround::Make());
    if (!generation) return ApplyFresh(std::move(image), ground, kernel, 0, nullptr);
    // Other hooks: what is not needed any more is to cost nothing. And what the programs were not
    // told of, they do not look at.
    if (!present->is_of_this_build() || !present->Serves(WantedBy(image.view(), kernel))) {
        const uint64_t last = present->control()->last_generation;
        const ImageMap published = TRY(present->Published());
        // Its pins keep it in force; held here as well, its links would be there when they are
        // gone.
        present = std::unexpected(Error{});
        return ApplyFresh(std::move(image), ground, kernel, last, &published);
    }
    TRY_STATUS(ProveOrFail(*present, ground, *generation));
    AtStep("adopted");
    return Replace(*present, ground, std::move(image));
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
        if (image) taken.generation = image->view().root().generation;
        Result<Deployment> whole = Deployment::Adopt(kDirectory);
        taken.complete = image && whole;
        if (whole) taken.hooks = static_cast<size_t>(std::popcount(whole->hooks()));
        TRY_STATUS(Deployment::PublishEmptyIn(slot->get()));
        AtStep("emptied");
    }
    TRY_STATUS(RemovePins(kDirectory));
    TRY_STATUS(RemovePins(kStaging));
    taken.strays = TRY(LastingStrays(kDirectory));
    return taken;
}

}  // namespace bailiff::enforce
