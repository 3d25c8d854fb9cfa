// SPDX-License-Identifier: Apache-2.0
#include "enforce/lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include "enforce/pins.h"

namespace bailiff::enforce {

Result<Fd> Lock() {
    std::string bpffs(kBpffs);
    Fd fd(open(bpffs.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || flock(fd.get(), LOCK_EX) != 0) return FailErrno(bpffs);
    return fd;
}

}  // namespace bailiff::enforce
