// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace bailiff::enforce {

// The address of the kernel's seqlock mount_lock (bpf/now.h), once it was seen to change with a
// mount. 0 where it was not, and where the kernel does not tell (kernel.kptr_restrict, no
// CONFIG_KALLSYMS_ALL).
uint64_t FindMountLock();

}  // namespace bailiff::enforce
