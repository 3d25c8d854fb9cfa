// SPDX-License-Identifier: Apache-2.0
//
// abi/hooks.def as C++ data.
#pragma once

#include <array>
#include <string_view>

#include "abi/operation.h"

namespace bailiff::enforce {

struct HookInfo {
    blf_hook hook;
    std::string_view name;  // lsm/<name>
    int arguments;          // of bpf_lsm_<name>() by the kernel's BTF
    std::string_view why;
};

// In the order of attaching.
inline constexpr std::array<HookInfo, BLF_HOOK_COUNT> kHooks = {{
#define BLF_HOOK(hook, arguments, why) {BLF_HOOK_##hook, #hook, arguments, why},
#include "abi/hooks.def"
#undef BLF_HOOK
}};

}  // namespace bailiff::enforce
