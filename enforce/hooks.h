// SPDX-License-Identifier: Apache-2.0
//
// abi/hooks.def as C++ data.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "abi/operation.h"

namespace bailiff::enforce {

// As in abi/hooks.def. Those of the LSM give a verdict, the others only take notice.
enum class HookKind { kLsm, kLsmNewer, kLsmIdmap, kLsmGrows, kLsmSleeps, kEntry, kExit };

struct HookInfo {
    blf_hook hook;
    std::string_view name;
    HookKind kind;
    std::string_view function;  // of the kernel, by its BTF
    unsigned arguments;         // that it takes
    blf_set operations;         // that it is for; BLF_ALWAYS, or BLF_UNLESS
    std::string_view why;

    bool is_lsm() const { return kind != HookKind::kEntry && kind != HookKind::kExit; }
    // Has its program requests decided, see bpf/decision.h? The others remember, or guard.
    constexpr bool decides() const {
        return (operations & ~(BLF_LINEAGE | BLF_DIGEST | BLF_EXECUTABLE | BLF_OF_RUN)) != 0 &&
               !(operations & BLF_NOT);
    }
    constexpr bool is_on_sockets() const {
        return operations != BLF_ALWAYS && (operations & ~BLF_SOCKET_OPERATIONS) == 0;
    }
    // Asks about what rules need not name a place for?
    constexpr bool is_anywhere() const {
        constexpr blf_set kPlaced = blf_operations_on(BLF_ON_PATH) | BLF_SOCKET_OPERATIONS;
        return decides() && (operations & ~kPlaced) != 0 && operations != BLF_NAMES;
    }
    // For rules about these operations?
    constexpr bool IsFor(blf_set wanted) const {
        if (operations & BLF_NOT) return (operations & wanted) == 0;
        return operations == BLF_ALWAYS || (operations & wanted) != 0;
    }

    // As libbpf and people write it: lsm/file_open, fexit/__d_move.
    std::string attach_point() const {
        constexpr std::string_view kPrefix = "bpf_lsm_";
        const std::string_view lsm = kind == HookKind::kLsmSleeps ? "lsm.s/" : "lsm/";
        if (is_lsm()) return std::string(lsm) + std::string(function.substr(kPrefix.size()));
        return (kind == HookKind::kEntry ? "fentry/" : "fexit/") + std::string(function);
    }
};

// In the order of attaching.
inline constexpr std::array<HookInfo, BLF_HOOK_COUNT> kHooks = {{
#define BLF_HOOK_LSM HookKind::kLsm
#define BLF_HOOK_LSM_NEWER HookKind::kLsmNewer
#define BLF_HOOK_LSM_IDMAP HookKind::kLsmIdmap
#define BLF_HOOK_LSM_GROWS HookKind::kLsmGrows
#define BLF_HOOK_LSM_SLEEPS HookKind::kLsmSleeps
#define BLF_HOOK_ENTRY HookKind::kEntry
#define BLF_HOOK_EXIT HookKind::kExit
#define BLF_HOOK(hook, kind, function, arguments, operations, why) \
    {BLF_HOOK_##hook, #hook, BLF_HOOK_##kind, #function, arguments, operations, why},
#include "abi/hooks.def"
#undef BLF_HOOK
#undef BLF_HOOK_LSM
#undef BLF_HOOK_LSM_NEWER
#undef BLF_HOOK_LSM_IDMAP
#undef BLF_HOOK_LSM_GROWS
#undef BLF_HOOK_LSM_SLEEPS
#undef BLF_HOOK_ENTRY
#undef BLF_HOOK_EXIT
}};

// A bit for each, by enum blf_hook.
using HookSet = blf_set;

constexpr HookSet BitOf(const HookInfo& hook) {
    return HookSet{1} << hook.hook;
}
constexpr bool Contains(HookSet set, const HookInfo& hook) {
    return (set & BitOf(hook)) != 0;
}

// What an image needs of the programs.
struct Wanted {
    HookSet hooks = 0;
    uint64_t knowledge = 0;  // see struct blf_control
};

// What rules about these operations need.
constexpr HookSet HooksFor(blf_set operations) {
    HookSet set = 0;
    for (const HookInfo& hook : kHooks) {
        if (hook.IsFor(operations)) set |= BitOf(hook);
    }
    return set;
}

}  // namespace bailiff::enforce
