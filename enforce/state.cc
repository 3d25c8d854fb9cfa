// SPDX-License-Identifier: Apache-2.0
#include "enforce/state.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <map>
#include <utility>

#include "enforce/attached.h"
#include "enforce/hooks.h"
#include "enforce/kernel_types.h"
#include "enforce/lock.h"
#include "enforce/pins.h"
#include "fmt/format.h"

namespace bailiff::enforce {
namespace {

std::string AttachTypeName(uint32_t type) {
    const char* name = libbpf_bpf_attach_type_str(static_cast<bpf_attach_type>(type));
    return name ? name : fmt::format("type {}", type);
}

// What a link is attached to: a type, by the BTF of the kernel, of a module or of a program.
using Target = std::pair<uint32_t, uint32_t>;

Target TargetOf(const bpf_link_info& link) {
    return {link.tracing.target_obj_id, link.tracing.target_btf_id};
}

// Left out where the kernel's types are not to be had.
void AddTargetName(const Result<KernelTypes>& kernel, HookState* hook) {
    const btf_type* type = kernel ? btf__type_by_id(kernel->get(), hook->target_btf_id) : nullptr;
    if (type) hook->target = btf__name_by_offset(kernel->get(), type->name_off);
}

Status AddDecider(const Deployment& deployment, const HookInfo& hook, HookState* state) {
    if (!hook.decides()) return {};
    const bpf_link_info info = TRY(LinkInfo(deployment.links().at(DeciderOf(hook)).get()));
    state->decider_program_id = info.prog_id;
    state->decider_link_id = info.id;
    return {};
}

Result<std::vector<HookState>> ReadHooks(const Deployment& deployment) {
    const Result<KernelTypes> kernel = KernelTypes::Load();
    std::map<Target, uint32_t> counts;
    TRY_STATUS(ForEachTracingLink([&](const bpf_link_info& link) -> Status {
        counts[TargetOf(link)]++;
        return {};
    }));
    std::map<Target, uint32_t> others = counts;
    std::vector<HookState> hooks;
    std::vector<Target> targets;
    for (const HookInfo& known : kHooks) {
        if (!Contains(deployment.hooks(), known)) continue;
        bpf_link_info info = TRY(LinkInfo(deployment.links().at(std::string(known.name)).get()));
        HookState hook{.hook = std::string(known.name),
                       .program_id = info.prog_id,
                       .link_id = info.id,
                       .attach_type = AttachTypeName(info.tracing.attach_type),
                       .target_btf_id = info.tracing.target_btf_id,
                       .target = {},
                       .programs_here = counts[TargetOf(info)]};
        AddTargetName(kernel, &hook);
        TRY_STATUS(AddDecider(deployment, known, &hook));
        others[TargetOf(info)]--;
        targets.push_back(TargetOf(info));
        hooks.push_back(std::move(hook));
    }
    for (size_t i = 0; i < hooks.size(); i++) hooks[i].others_here = others[targets[i]];
    return hooks;
}

// For whom no lock is held: what is being applied just now looks like what is out of sight.
Error OutOfSightUnlocked(const std::vector<AttachedProgram>& strays) {
    Error error = OutOfSight(strays);
    if (IsLocked()) {
        error.remedy = "an `apply`, `off` or `verify` is running: ask again when it has ended\n" +
                       error.remedy;
    }
    return error;
}

}  // namespace

Result<ImageMap> ImagePublishedIn(std::string_view directory) {
    const Fd slot = TRY(OpenPin(directory, "slot"));
    return ImageMap::Published(slot.get());
}

Result<std::optional<State>> ReadState() {
    bool pinned = TRY(PinsExist(kDirectory));
    std::vector<AttachedProgram> strays = TRY(StrayPrograms(kDirectory));
    if (!pinned && !strays.empty()) return std::unexpected(OutOfSightUnlocked(strays));
    if (!pinned) return std::nullopt;
    Deployment deployment = TRY(Deployment::Adopt(kDirectory));
    ImageMap image = TRY(deployment.Published());
    std::vector<HookState> hooks = TRY(ReadHooks(deployment));
    const blf_control control = *deployment.control();
    uint64_t generation = image.view().root().generation;
    if (generation == 0 && !strays.empty()) return std::unexpected(OutOfSightUnlocked(strays));
    State state{.deployment = std::move(deployment),
                .image = std::move(image),
                .hooks = std::move(hooks),
                .strays = std::move(strays),
                .remembers = control.remembers != 0,
                .applied_at = control.applied_generation == generation ? control.applied_at : 0,
                .proved_at = control.proved_generation == generation ? control.proved_at : 0};
    return state;
}

}  // namespace bailiff::enforce
