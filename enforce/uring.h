// SPDX-License-Identifier: Apache-2.0
//
// One request put through io_uring. Administrators may switch io_uring off and on again
// (kernel.io_uring_disabled), and kernels may be built without it.
#pragma once

namespace bailiff::enforce {

// The caller cannot make such a request: no errno of one.
inline constexpr int kNoUring = -1;

// Hands the driver of an open file a command (IORING_OP_URING_CMD). 0 or the errno it got, or
// kNoUring where the kernel gives nobody a ring.
int UringCommand(int fd);

}  // namespace bailiff::enforce
