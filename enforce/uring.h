// SPDX-License-Identifier: Apache-2.0
//
// One request put through io_uring. Administrators may switch io_uring off and on again
// (kernel.io_uring_disabled), and kernels may be built without it.
#pragma once

#include <optional>

namespace bailiff::enforce {

// Makes a ring, and does not keep it. 0 or the errno it got; nothing where nobody can.
std::optional<int> MakeUring();

// Hands the driver of an open file a command (IORING_OP_URING_CMD). 0 or the errno it got; nothing
// where the kernel gives nobody a ring, so nobody can make that request.
std::optional<int> UringCommand(int fd);

}  // namespace bailiff::enforce
