// SPDX-License-Identifier: Apache-2.0
//
// What programs of another ABI than the kernel's own ask for: 32-bit ones, and those of x32. A
// kernel may be built or booted (ia32_emulation=off, from 6.7 on) to run neither.
#pragma once

#include <optional>

namespace bailiff::enforce {

// Makes ioctl(2) as such a program does. 0 or the errno it got; nothing where the kernel runs no
// such programs, so nobody can make that call.
std::optional<int> CompatIoctl(int fd, unsigned command);

bool RunsCompatPrograms();

}  // namespace bailiff::enforce
