// SPDX-License-Identifier: Apache-2.0
#include "enforce/kernel_types.h"

#include <string>

#include "enforce/log.h"

namespace bailiff::enforce {

Result<Btf> LoadKernelTypes() {
    LogCapture quiet;
    Btf types(btf__load_vmlinux_btf());
    if (!types) return FailErrno("cannot read the kernel's BTF");
    return types;
}

std::optional<unsigned> ArgumentsOf(const btf* types, std::string_view function) {
    const int id = btf__find_by_name_kind(types, std::string(function).c_str(), BTF_KIND_FUNC);
    if (id <= 0) return std::nullopt;
    const btf_type* type = btf__type_by_id(types, static_cast<__u32>(id));
    const btf_type* prototype = btf__type_by_id(types, type->type);
    if (prototype == nullptr || !btf_is_func_proto(prototype)) return std::nullopt;
    return btf_vlen(prototype);
}

bool Fits(const HookInfo& hook, std::optional<unsigned> found) {
    if (!found) return hook.kind == HookKind::kLsmNewer;
    if (hook.kind == HookKind::kLsmIdmap && *found == hook.arguments - 1) return true;
    return *found == hook.arguments;
}

HookSet PresentIn(const btf* types, HookSet wanted) {
    HookSet present = 0;
    for (const HookInfo& hook : kHooks) {
        if (Contains(wanted, hook) && ArgumentsOf(types, hook.function)) present |= BitOf(hook);
    }
    return present;
}

}  // namespace bailiff::enforce
