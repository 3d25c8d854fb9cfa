// SPDX-License-Identifier: Apache-2.0
#include "enforce/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <utility>

namespace bailiff::enforce {

Result<Fd> Lock() {
    Fd fd(open(kLockFile, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (fd && flock(fd.get(), LOCK_EX) == 0) return fd;
    Error error = FailErrno(kLockFile).error();
    // Root may be refused too: by a policy (cli/lockout.h).
    if (error.kind == ErrorKind::kNoPrivilege && geteuid() != 0) error.remedy = "run as root";
    return std::unexpected(std::move(error));
}

bool IsLocked() {
    Fd fd(open(kLockFile, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    return fd && flock(fd.get(), LOCK_SH | LOCK_NB) != 0;
}

}  // namespace bailiff::enforce
