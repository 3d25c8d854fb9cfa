// SPDX-License-Identifier: Apache-2.0
#include "enforce/state.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include <map>
#include <memory>

#include "enforce/hooks.h"
#include "enforce/log.h"
#include "enforce/pins.h"
#include "fmt/format.h"

namespace bailiff::enforce {
namespace {

Result<bpf_link_info> LinkInfo(int fd) {
    bpf_link_info info{};
    uint32_t size = sizeof(info);
    if (bpf_obj_get_info_by_fd(fd, &info, &size) != 0) return FailErrno("cannot read a link");
    return info;
}

std::string AttachTypeName(uint32_t type) {
    const char* name = libbpf_bpf_attach_type_str(static_cast<bpf_attach_type>(type));
    return name ? name : fmt::format("type {}", type);
}

// How many tracing links each BTF id has. Links that come and go meanwhile are passed over.
std::map<uint32_t, uint32_t> CountByTarget() {
    std::map<uint32_t, uint32_t> counts;
    uint32_t id = 0;
    while (bpf_link_get_next_id(id, &id) == 0) {
        Fd fd(bpf_link_get_fd_by_id(id));
        if (!fd) continue;
        Result<bpf_link_info> info = LinkInfo(fd.get());
        if (info && info->type == BPF_LINK_TYPE_TRACING) counts[info->tracing.target_btf_id]++;
    }
    return counts;
}

Result<std::vector<HookState>> ReadHooks(const Deployment& deployment) {
    LogCapture quiet;
    std::unique_ptr<btf, decltype(&btf__free)> kernel(btf__load_vmlinux_btf(), &btf__free);
    std::map<uint32_t, uint32_t> counts = CountByTarget();
    std::vector<HookState> hooks;
    for (const HookInfo& known : kHooks) {
        bpf_link_info info = TRY(LinkInfo(deployment.links().at(std::string(known.name)).get()));
        HookState hook{.hook = std::string(known.name),
                       .program_id = info.prog_id,
                       .link_id = info.id,
                       .attach_type = AttachTypeName(info.tracing.attach_type),
                       .target_btf_id = info.tracing.target_btf_id,
                       .target = {},
                       .programs_here = counts[info.tracing.target_btf_id]};
        const btf_type* type = kernel ? btf__type_by_id(kernel.get(), hook.target_btf_id) : nullptr;
        if (type) hook.target = btf__name_by_offset(kernel.get(), type->name_off);
        hooks.push_back(std::move(hook));
    }
    return hooks;
}

}  // namespace

Result<std::optional<State>> ReadState() {
    if (!TRY(PinsExist(kDirectory))) return std::nullopt;
    Deployment deployment = TRY(Deployment::Adopt(kDirectory));
    ImageMap image = TRY(deployment.Published());
    std::vector<HookState> hooks = TRY(ReadHooks(deployment));
    const blf_control control = *deployment.control();
    uint64_t generation = image.view().root().generation;
    State state{.deployment = std::move(deployment),
                .image = std::move(image),
                .hooks = std::move(hooks),
                .applied_at = control.applied_generation == generation ? control.applied_at : 0,
                .proved_at = control.proved_generation == generation ? control.proved_at : 0};
    return state;
}

}  // namespace bailiff::enforce
