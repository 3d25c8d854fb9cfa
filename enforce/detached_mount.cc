// SPDX-License-Identifier: Apache-2.0
#include "enforce/detached_mount.h"

#include <linux/mount.h>
#include <sys/mount.h>

namespace bailiff::enforce {

Result<Fd> MountNowhere() {
    Fd fs(fsopen("tmpfs", FSOPEN_CLOEXEC));
    if (!fs || fsconfig(fs.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
        return FailErrno("cannot make a file system for the proof");
    }
    Fd tree(fsmount(fs.get(), FSMOUNT_CLOEXEC, 0));
    if (!tree) return FailErrno("cannot make a mount for the proof");
    return tree;
}

}  // namespace bailiff::enforce
