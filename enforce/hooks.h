// SPDX-License-Identifier: Apache-2.0
//
// abi/hooks.def as C++ data.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "abi/operation.h"

namespace bailiff::enforce {

// kLsm gives a verdict; the others only take notice.
enum class HookKind { kLsm, kEntry, kExit };

struct HookInfo {
    blf_hook hook;
    std::string_view name;
    HookKind kind;
    std::string_view function;  // of the kernel, by its BTF
    unsigned arguments;         // that it takes
    std::string_view why;

    // As libbpf and people write it: lsm/file_open, fexit/__d_move.
    std::string attach_point() const {
        if (kind == HookKind::kLsm) return "lsm/" + std::string(name);
        return (kind == HookKind::kEntry ? "fentry/" : "fexit/") + std::string(function);
    }
};

// In the order of attaching.
inline constexpr std::array<HookInfo, BLF_HOOK_COUNT> kHooks = {{
#define BLF_HOOK_LSM HookKind::kLsm
#define BLF_HOOK_ENTRY HookKind::kEntry
#define BLF_HOOK_EXIT HookKind::kExit
#define BLF_HOOK(hook, kind, function, arguments, why) \
    {BLF_HOOK_##hook, #hook, BLF_HOOK_##kind, #function, arguments, why},
#include "abi/hooks.def"
#undef BLF_HOOK
#undef BLF_HOOK_LSM
#undef BLF_HOOK_ENTRY
#undef BLF_HOOK_EXIT
}};

}  // namespace bailiff::enforce
