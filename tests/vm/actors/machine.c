// SPDX-License-Identifier: Apache-2.0
// The machine around files: mounts, namespaces, processes.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "actor.h"

static int do_mount(char** arg, int flags) {
    return result(mount(arg[0], arg[1], NULL, (unsigned long)flags, NULL));
}
// A bind mount by the calls that came later.
static int do_attach_tree(char** arg, int flags) {
    const int tree = open_tree(AT_FDCWD, arg[0], (unsigned)flags);
    return tree < 0 ? -errno
                    : result(move_mount(tree, "", AT_FDCWD, arg[1], MOVE_MOUNT_F_EMPTY_PATH));
}
static int do_mount_fs(char** arg, int flags) {
    return result(mount("none", arg[1], arg[0], (unsigned long)flags, NULL));
}
// A new file system by the calls that came later; not attached where there is no place for it.
static int do_new_mount(char** arg, int attach) {
    const int context = fsopen(arg[0], 0);
    if (context < 0) return -errno;
    if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != 0) return -errno;
    const int tree = fsmount(context, 0, 0);
    if (tree < 0 || !attach) return tree < 0 ? -errno : 0;
    return result(move_mount(tree, "", AT_FDCWD, arg[1], MOVE_MOUNT_F_EMPTY_PATH));
}
static int do_move_mount_later(char** arg, int flags) {
    return result(move_mount(AT_FDCWD, arg[0], AT_FDCWD, arg[1], (unsigned)flags));
}
static int do_change_mount(char** arg, int flags) {
    return result(mount("none", arg[0], NULL, (unsigned long)flags, NULL));
}
static int do_pivot_root(char** arg, int flags) {
    (void)flags;
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        return -errno;
    }
    return result(syscall(SYS_pivot_root, arg[0], arg[1]));
}
static int do_umount(char** arg, int flags) {
    return result(umount2(arg[0], flags));
}
static int do_chroot(char** arg, int flags) {
    (void)flags;
    return result(chroot(arg[0]));
}
static int do_unshare(char** arg, int flags) {
    (void)arg;
    return result(unshare(flags));
}
static int do_kill(char** arg, int signal) {
    return result(kill(atoi(arg[0]), signal));
}
static int do_ptrace(char** arg, int request) {
    return result(ptrace(request, atoi(arg[0]), NULL, NULL));
}
static int do_setuid(char** arg, int flags) {
    (void)flags;
    return result(setuid((uid_t)atoi(arg[0])));
}

// Keeps the storage of tasks on this CPU in use most of the time, by writing its own entry of a
// pinned map again and again. Ends when the map takes no more.
static int do_keep_task_storage_busy(char** arg, int flags) {
    (void)flags;
    union bpf_attr get = {.pathname = (uintptr_t)arg[0]};
    const int map = (int)syscall(SYS_bpf, BPF_OBJ_GET, &get, sizeof(get));
    const int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
    const uint64_t nothing = 0;
    if (map < 0 || self < 0) return -errno;
    union bpf_attr put = {.map_fd = (unsigned)map,
                          .key = (uintptr_t)&self,
                          .value = (uintptr_t)&nothing,
                          .flags = BPF_ANY};
    while (syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &put, sizeof(put)) == 0) {
    }
    return -errno;
}

const struct verb machine_verbs[] = {
    {"keep-task-storage-busy", "MAP", 1, do_keep_task_storage_busy, 0},
    {"bind-mount", "FROM TO", 2, do_mount, MS_BIND},
    {"attach-tree", "FROM TO", 2, do_attach_tree, OPEN_TREE_CLONE},
    {"attach-trees", "FROM TO", 2, do_attach_tree, OPEN_TREE_CLONE | AT_RECURSIVE},
    {"move-mount", "FROM TO", 2, do_mount, MS_MOVE},
    {"mount", "FSTYPE TO", 2, do_mount_fs, 0},
    {"umount", "PATH", 1, do_umount, 0},
    {"mount-new-api", "FSTYPE TO", 2, do_new_mount, 1},
    {"make-file-system", "FSTYPE", 1, do_new_mount, 0},
    {"move-mount-new-api", "FROM TO", 2, do_move_mount_later, 0},
    {"remount-ro", "PATH", 1, do_change_mount, MS_REMOUNT | MS_BIND | MS_RDONLY},
    {"make-private", "PATH", 1, do_change_mount, MS_PRIVATE},
    {"pivot-root", "NEW OLD", 2, do_pivot_root, 0},
    {"chroot", "PATH", 1, do_chroot, 0},
    {"unshare-user", "", 0, do_unshare, CLONE_NEWUSER},
    {"unshare-mount", "", 0, do_unshare, CLONE_NEWNS},
    {"kill", "PID", 1, do_kill, SIGKILL},
    {"signal-0", "PID", 1, do_kill, 0},
    {"ptrace", "PID", 1, do_ptrace, PTRACE_ATTACH},
    {"setuid", "UID", 1, do_setuid, 0},
    {0},
};
