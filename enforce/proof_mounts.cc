// SPDX-License-Identifier: Apache-2.0
#include "enforce/proof_mounts.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/fd.h"
#include "enforce/errno_of.h"
#include "enforce/proof_ground.h"

namespace bailiff::enforce {
namespace {

constexpr unsigned long kExpire = 4;  // MNT_EXPIRE

int MakeFileSystem() {
    const Fd context(static_cast<int>(syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC)));
    if (!context) return errno;
    return ErrnoOf(syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0));
}

// A refused one does not come to be.
int MakeUserNamespace() {
    const long child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, 0);
    if (child == 0) _exit(0);
    if (child < 0) return errno == ENOSPC || errno == EUSERS ? kNobodyCan : errno;
    waitpid(static_cast<pid_t>(child), nullptr, 0);
    return 0;
}

}  // namespace

int CallOnMounts(blf_hook hook, int tree) {
    switch (hook) {
        case BLF_HOOK_sb_mount:  // of nothing
            return ErrnoOf(syscall(SYS_mount, "", "/", nullptr, 4096UL /* MS_BIND */, nullptr));
        case BLF_HOOK_sb_kern_mount:
            return MakeFileSystem();
        case BLF_HOOK_move_mount:  // of what is no mount
            return ErrnoOf(syscall(SYS_move_mount, tree, "file", tree, "directory", 0));
        case BLF_HOOK_sb_umount:  // of a process's own root: it does not expire
            return ErrnoOf(syscall(SYS_umount2, "/", kExpire));
        case BLF_HOOK_sb_pivotroot:  // to where it is
            return ErrnoOf(syscall(SYS_pivot_root, "/", "/"));
        case BLF_HOOK_path_chroot:
            return ErrnoOf(chroot("/"));
        case BLF_HOOK_userns_create:
            return MakeUserNamespace();
        default:
            return ENOSYS;
    }
}

}  // namespace bailiff::enforce
