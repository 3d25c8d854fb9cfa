// SPDX-License-Identifier: Apache-2.0
//
// Other processes of this machine, as far as this one sees them.
#pragma once

#include <sys/types.h>

#include <vector>

#include "base/error.h"
#include "base/fd.h"

namespace bailiff {

// Its pidfd, which stays its own when the number is given again; none, with errno, where there is
// no such process.
Fd OpenProcess(pid_t pid);

// Those in /proc, in its order. One that is made meanwhile may be missed.
Result<std::vector<pid_t>> ListProcesses();

}  // namespace bailiff
