// SPDX-License-Identifier: Apache-2.0
#include "enforce/lock.h"

#include <fcntl.h>
#include <sys/file.h>

namespace bailiff::enforce {

Result<Fd> Lock() {
    Fd fd(open(kLockFile, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd || flock(fd.get(), LOCK_EX) != 0) return FailErrno(kLockFile);
    return fd;
}

bool IsLocked() {
    Fd fd(open(kLockFile, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    return fd && flock(fd.get(), LOCK_SH | LOCK_NB) != 0;
}

}  // namespace bailiff::enforce
