// SPDX-License-Identifier: Apache-2.0
#include "enforce/apply.h"

#include <ctime>
#include <optional>

#include "enforce/attached.h"
#include "enforce/file_digests.h"
#include "enforce/lock.h"
#include "enforce/own_place.h"
#include "enforce/pins.h"
#include "enforce/run.h"
#include "enforce/steps.h"
#include "fmt/format.h"

namespace bailiff::enforce {
namespace {

Result<uint64_t> GenerationOf(const Deployment& deployment) {
    ImageMap image = TRY(deployment.Published());
    return image.view().root().generation;
}

// Or only that it could not be looked at now? What is good is not to be replaced for that.
bool SaysThatItIsUnusable(const Error& error) {
    return error.kind != ErrorKind::kNoPrivilege && error.kind != ErrorKind::kExhausted;
}

// Failed on the way, and in the way of undoing it as well.
Error HalfDone(const Error& why, const Error& in_the_way, std::string_view now) {
    return {
        ErrorKind::kHalfDone,
        fmt::format("{}; it could not be undone ({}): {}", why.message, in_the_way.message, now),
        "`bailiff off` takes away what there is, as far as that is not denied; a reboot does"};
}

// The commit: one swap of the slot. Not undone here. `lineages`: the image whose lists of ancestors
// go on.
Result<Applied> Replace(const Deployment& deployment, const ProofGround& ground,
                        policy::Image image, const ImageMap& before, const ImageMap& lineages) {
    uint64_t generation = deployment.control()->last_generation + 1;
    image.set_generation(generation);
    image.CarryLineages(lineages.view(), generation);
    ImageMap next = TRY(ImageMap::Create(image));
    AtStep("image-filled");
    deployment.control()->last_generation = generation;
    TRY_STATUS(deployment.Publish(next));
    AtStep("published");
    Proof proof = TRY(ProveOrFail(deployment, ground, generation));
    AtStep("proved");
    deployment.control()->applied_at = static_cast<uint64_t>(time(nullptr));
    deployment.control()->applied_generation = generation;
    return Applied{.generation = generation,
                   .replaced = before.view().root().generation != 0,
                   .proof = std::move(proof),
                   .strays = {}};
}

// `why`, and the image before is in force; or an error that says that it is not.
Error Undo(const Deployment& deployment, const ImageMap& before, Error why) {
    const Status undone = deployment.PutBack(before);
    if (undone) return why;
    return HalfDone(why, undone.error(), "the new policy stays in force, unproved");
}

Status PublishEmptyBelow(std::string_view directory) {
    const Fd slot = TRY(OpenPin(directory, "slot"));
    return Deployment::PublishEmptyIn(slot.get());
}

// Links go a moment after their pins, and are attached a little longer than the kernel lists them:
// until then what was replaced denies nothing; nor does it deny the removing. One of another
// version may not take our empty image; it then goes with its links.
// Memory that is short for a moment is asked for twice.
void Silence(std::string_view directory) {
    Status silenced = PublishEmptyBelow(directory);
    if (silenced || silenced.error().kind != ErrorKind::kExhausted) return;
    silenced = PublishEmptyBelow(directory);
    static_cast<void>(silenced);
}

// A deployment that stands there and is not used any more still enforces: it is exchanged only once
// the new one is in force.
Result<Applied> Commit(const Deployment& fresh, const ProofGround& ground, policy::Image image,
                       const ImageMap& empty, const ImageMap& lineages, bool replaces) {
    TRY_STATUS(fresh.Pin(kStaging));
    if (!replaces) {
        TRY_STATUS(CommitPins(kStaging, kDirectory));
        AtStep("committed");
    }
    Applied applied = TRY(Replace(fresh, ground, std::move(image), empty, lineages));
    if (replaces) {
        TRY_STATUS(CommitPins(kStaging, kDirectory));
        AtStep("exchanged");
    }
    return applied;
}

// `why`, and of the new programs nothing is in force. What cannot be removed denies nothing.
Error TakeBack(const Deployment& fresh, const ImageMap& empty, bool replaces, Error why) {
    const Status silent = fresh.PutBack(empty);
    Status removed = replaces ? Status() : RemovePins(kDirectory);
    if (removed) removed = RemovePins(kStaging);
    if (removed) return why;
    if (!silent) return HalfDone(why, removed.error(), "the new policy stays in force, unproved");
    why.message += fmt::format("; its programs, which deny nothing, could not be removed: {}",
                               removed.error().message);
    return why;
}

// What was replaced goes. The policy that is in force now may deny that.
Result<Applied> TidyUp(Applied applied) {
    Silence(kStaging);
    const Status removed = RemovePins(kStaging);
    Result<std::vector<AttachedProgram>> strays =
        removed ? LastingStrays(kDirectory) : std::unexpected(removed.error());
    if (!strays) {
        return Fail(ErrorKind::kHalfDone,
                    fmt::format("generation {} is in force and proved; what it replaced could not "
                                "be seen to be gone: {}",
                                applied.generation, strays.error().message),
                    "`bailiff off` takes both away");
    }
    applied.strays = std::move(*strays);
    return applied;
}

// Where some program lets bailiff itself pass.
Status TellOwnPlace(const Deployment& deployment) {
    constexpr HookSet kAsking =
        BitOf(kHooks[BLF_HOOK_bpf]) | BitOf(kHooks[BLF_HOOK_locked_down]) |
        BitOf(kHooks[BLF_HOOK_sb_kern_mount]) | BitOf(kHooks[BLF_HOOK_capable]) |
        BitOf(kHooks[BLF_HOOK_key_alloc]) | BitOf(kHooks[BLF_HOOK_key_permission]);
    if (!(deployment.hooks() & kAsking)) return {};
    const blf_own_place own = TRY(FindOwnPlace());
    if (own.inode != 0) deployment.control()->own = own;
    return {};
}

// `last`: the generation to count on from; `published`: what is in force until then, or null.
Result<Applied> ApplyFresh(policy::Image image, const ProofGround& ground,
                           const KernelTypes& kernel, uint64_t last, const ImageMap* published) {
    // The bits that tasks carry mean what the image says that is carried on, and nothing without
    // it.
    Deployment fresh = TRY(Deployment::Load(WantedBy(image.view(), kernel), kernel, published));
    fresh.control()->last_generation = last;
    TRY_STATUS(TellOwnPlace(fresh));
    TRY_STATUS(ProveOrFail(fresh, ground, 0));
    TRY_STATUS(BeginDigests(fresh));
    AtStep("programs-proved");
    const ImageMap empty = TRY(fresh.Published());
    const bool replaces = TRY(PinsExist(kDirectory));
    Result<Applied> applied =
        Commit(fresh, ground, std::move(image), empty, published ? *published : empty, replaces);
    if (!applied) return std::unexpected(TakeBack(fresh, empty, replaces, applied.error()));
    return replaces ? TidyUp(std::move(*applied)) : applied;
}

}  // namespace

Result<Applied> Apply(policy::Image image, const KernelTypes& kernel) {
    Fd lock = TRY(Lock());
    Silence(kStaging);
    TRY_STATUS(RemovePins(kStaging));
    TRY_STATUS(RemoveEndedRuns());
    std::vector<AttachedProgram> strays = TRY(LastingStrays(kDirectory));
    if (!strays.empty()) return std::unexpected(OutOfSight(strays));
    Result<Deployment> present = Deployment::Adopt(kDirectory);
    Result<uint64_t> generation =
        present ? GenerationOf(*present) : std::unexpected(present.error());
    if (!generation && !SaysThatItIsUnusable(generation.error())) {
        return std::unexpected(generation.error());
    }
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
    TRY_STATUS(TellOwnPlace(*present));
    AtStep("adopted");
    const ImageMap before = TRY(present->Published());
    Result<Applied> applied = Replace(*present, ground, std::move(image), before, before);
    if (!applied) return std::unexpected(Undo(*present, before, applied.error()));
    return applied;
}

// The slots alone are enough to stop the denying at once, whatever else is missing: links go a
// moment after their pins. They come first, since what is in force may deny the rest; opening a pin
// is nothing that a rule is about.
Result<TakenAway> TakeAway() {
    Fd lock = TRY(Lock());
    TakenAway taken;
    Result<Fd> slot = OpenPin(kDirectory, "slot");
    if (slot) {
        Result<ImageMap> image = ImageMap::Published(slot->get());
        if (image) taken.generation = image->view().root().generation;
        Result<Deployment> whole = Deployment::Adopt(kDirectory);
        taken.complete = image && whole;
        if (whole) taken.hooks = blf_count(whole->hooks());
    }
    Silence(kDirectory);
    Silence(kStaging);
    if (slot) AtStep("emptied");
    taken.was_there = TRY(PinsExist(kDirectory));
    TRY_STATUS(RemovePins(kDirectory));
    TRY_STATUS(RemovePins(kStaging));
    TRY_STATUS(RemoveEndedRuns());
    taken.strays = TRY(LastingStrays(kDirectory));
    return taken;
}

}  // namespace bailiff::enforce
