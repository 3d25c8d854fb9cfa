// SPDX-License-Identifier: Apache-2.0
//
// Words for what the kernel is asked for: linux/bpf.h, linux/mount.h,
// linux/prctl.h, abi/lockdowns.def.
#pragma once

#include <span>
#include <string_view>

#include "policy/numbered_word.h"

namespace bailiff::policy {

// By enum blf_lockdown.
std::span<const std::string_view> LockdownWords();
// By enum bpf_cmd, enum bpf_prog_type and enum bpf_map_type: the constants without their prefix.
std::span<const std::string_view> BpfCommandWords();
std::span<const std::string_view> BpfProgramWords();
std::span<const std::string_view> BpfMapWords();
// By the number of the bit among MS_*; "" where there is none, or the kernel's own.
std::span<const std::string_view> MountFlagWords();
// By PTRACE_MODE_*; "" where there is none.
std::span<const std::string_view> PtraceAccessWords();
// By number; those without a name of their own by their digits.
std::span<const std::string_view> SignalWords();
// By RLIMIT_*.
std::span<const std::string_view> ResourceWords();
// PR_* without the prefix.
std::span<const NumberedWord> PrctlOptions();

}  // namespace bailiff::policy
