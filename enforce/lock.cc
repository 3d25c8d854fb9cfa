// SPDX-License-Identifier: Apache-2.0
#include "enforce/lock.h"

#include <fcntl.h>
#include <sys/file.h>

namespace bailiff::enforce {

static constexpr const char* kPath = "/run/bailiff.lock";

Result<Fd> Lock() {
    Fd fd(open(kPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd || flock(fd.get(), LOCK_EX) != 0) return FailErrno(kPath);
    return fd;
}

}  // namespace bailiff::enforce
