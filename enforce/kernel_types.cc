// SPDX-License-Identifier: Apache-2.0
#include "enforce/kernel_types.h"

#include <unordered_set>
#include <utility>

#include "enforce/log.h"

namespace bailiff::enforce {

Result<KernelTypes> KernelTypes::Load() {
    LogCapture quiet;
    Btf types(btf__load_vmlinux_btf());
    if (!types) return FailErrno("cannot read the kernel's BTF");
    return KernelTypes(std::move(types));
}

// libbpf finds a function by going through all types, and each of our hooks is one. A kernel has
// sixty thousand functions; noting them all would take longer than reading them.
KernelTypes::KernelTypes(Btf types) : types_(std::move(types)) {
    std::unordered_set<std::string_view> wanted;
    for (const HookInfo& hook : kHooks) wanted.insert(hook.function);
    const __u32 count = btf__type_cnt(types_.get());
    for (__u32 id = 1; id < count; ++id) {
        const btf_type* type = btf__type_by_id(types_.get(), id);
        if (!btf_is_func(type)) continue;
        const std::string_view name = btf__name_by_offset(types_.get(), type->name_off);
        if (!name.starts_with("bpf_") && !wanted.contains(name)) continue;
        const btf_type* prototype = btf__type_by_id(types_.get(), type->type);
        if (prototype == nullptr || !btf_is_func_proto(prototype)) continue;
        arguments_.emplace(name, btf_vlen(prototype));
    }
}

std::optional<unsigned> KernelTypes::ArgumentsOf(std::string_view function) const {
    const auto at = arguments_.find(function);
    if (at == arguments_.end()) return std::nullopt;
    return at->second;
}

HookSet KernelTypes::PresentIn(HookSet wanted) const {
    HookSet present = 0;
    for (const HookInfo& hook : kHooks) {
        if (Contains(wanted, hook) && ArgumentsOf(hook.function)) present |= BitOf(hook);
    }
    return present;
}

bool Fits(const HookInfo& hook, std::optional<unsigned> found) {
    if (!found) return hook.kind == HookKind::kLsmNewer;
    if (hook.kind == HookKind::kLsmIdmap && *found == hook.arguments - 1) return true;
    if (hook.kind == HookKind::kLsmGrows && *found > hook.arguments) return true;
    return *found == hook.arguments;
}

}  // namespace bailiff::enforce
