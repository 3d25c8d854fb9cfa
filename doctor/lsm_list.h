// SPDX-License-Identifier: Apache-2.0
//
// The value of the kernel's boot parameter `lsm=`, and where it stands on a command line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "enforce/probe.h"

namespace bailiff::doctor {

// Is the BPF LSM among the active ones? Does a value of `lsm=` name it?
bool HasBpf(const std::vector<std::string>& active);
bool NamesBpf(std::string_view value);

// The first version from which `integrity` need not be named.
inline constexpr enforce::KernelVersion kIntegrityAlwaysOn{6, 6, 0};

// The value that keeps what is active and adds `bpf` at the end: `lsm=` replaces the kernel's
// whole list, so whatever it does not name is switched off.
// - `capability` always comes first and `ima`, `evm` always last; they are not named.
// - Before 6.6, `integrity` is named: it never shows in the active list, and 6.1 panics in IMA with
//   "lsm=integrity required" without it. Kernels that do not know a name skip it.
std::string LsmValue(const std::vector<std::string>& active, enforce::KernelVersion version);

// The value of the last `name=` on a kernel command line: the kernel's own choice, because each
// further `lsm=` overwrites the one before. What follows a lone `--` is for init, not the kernel.
std::optional<std::string> LastParameter(std::string_view command_line, std::string_view name);

// Does a lone `--` end the kernel's part of this command line?
bool HasInitArguments(std::string_view command_line);

// `command_line` without any `lsm=`, and this one at the end of the kernel's part.
std::string WithLsm(std::string_view command_line, std::string_view value);

}  // namespace bailiff::doctor
