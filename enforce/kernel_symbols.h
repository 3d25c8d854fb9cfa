// SPDX-License-Identifier: Apache-2.0
//
// Where a kernel has its symbols. libbpf tells as well, and takes longer to read the list than the
// kernel to write it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bailiff::enforce {

// The address of the kernel's own symbol of this name, not of a module's. 0 when there is none or
// more than one, and when the kernel does not tell (kernel.kptr_restrict, or no /proc).
// `list`: a file in the format of /proc/kallsyms.
uint64_t AddressOf(std::string_view symbol, const std::string& list = "/proc/kallsyms");

}  // namespace bailiff::enforce
