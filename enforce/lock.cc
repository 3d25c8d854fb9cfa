// SPDX-License-Identifier: Apache-2.0
#include "enforce/lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include "fmt/format.h"

namespace bailiff::enforce {

Result<Fd> Lock() {
    Fd fd(open(kLockFile, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    // Not followed: what it leads to would be locked by whoever made the link.
    if (!fd && (errno == ELOOP || errno == EISDIR || errno == ENXIO)) {
        return Fail(
            ErrorKind::kUnknown,
            fmt::format("{} is a link, a directory or a socket, and no file to lock", kLockFile),
            "find out who made it, and remove it: bailiff makes the file anew");
    }
    if (!fd || flock(fd.get(), LOCK_EX) != 0) return FailErrno(kLockFile);
    return fd;
}

bool IsLocked() {
    Fd fd(open(kLockFile, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    return fd && flock(fd.get(), LOCK_SH | LOCK_NB) != 0;
}

}  // namespace bailiff::enforce
