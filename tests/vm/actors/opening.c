// SPDX-License-Identifier: Apache-2.0
// Opening: by every name and every call.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "actor.h"

static int do_open(char** arg, int flags) {
    return result(open(arg[0], flags, 0644));
}

static int do_openat2(char** arg, int flags) {
    struct open_how how = {.flags = (unsigned)flags, .resolve = RESOLVE_NO_MAGICLINKS};
    return result(syscall(SYS_openat2, AT_FDCWD, arg[0], &how, sizeof(how)));
}

static int reopen(int fd, int flags) {
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return result(open(path, flags));
}

// O_PATH is not asked for permission to read; opening what it refers to must be.
static int do_reopen(char** arg, int flags) {
    const int fd = open(arg[0], O_PATH);
    return fd < 0 ? result(fd) : reopen(fd, flags);
}

static int do_memfd_reopen(char** arg, int flags) {
    const int fd = memfd_create(arg[0], 0);
    return fd < 0 ? result(fd) : reopen(fd, flags);
}

// The same file through a handle, without its name.
static int open_handle(char** arg, int flags, int (*between)(void)) {
    union {
        struct file_handle handle;
        char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
    } u = {.handle.handle_bytes = MAX_HANDLE_SZ};
    int mount_id;
    const int mount_fd = open(arg[1], O_RDONLY | O_DIRECTORY);
    if (mount_fd < 0 || name_to_handle_at(AT_FDCWD, arg[0], &u.handle, &mount_id, 0) < 0)
        return -errno;
    const int ready = between();
    return ready < 0 ? ready : result(open_by_handle_at(mount_fd, &u.handle, flags));
}

static int nothing(void) {
    return 0;
}

static int drop_caches(void) {
    const int drop = open("/proc/sys/vm/drop_caches", O_WRONLY);
    return drop < 0 || write(drop, "2\n", 2) < 0 ? -errno : 0;
}

static int do_open_handle(char** arg, int flags) {
    return open_handle(arg, flags, nothing);
}

// ... when nothing of its path is cached any more: dropped between asking for the handle and using
// it.
static int do_open_handle_uncached(char** arg, int flags) {
    return open_handle(arg, flags, drop_caches);
}

// Twice: the second time the directory may be remembered.
static int open_twice(int dir, const char* name, int flags) {
    const int first = result(openat(dir, name, flags, 0644));
    const int second = result(openat(dir, name, flags & ~O_CREAT, 0644));
    if ((first < 0) != (second < 0)) return -EPROTO;
    return first;
}

static int do_open_twice(char** arg, int flags) {
    return open_twice(AT_FDCWD, arg[0], flags);
}

// In a detached copy of the mount of DIR, or of the file PATH itself.
static int do_open_tree(char** arg, int flags) {
    const int tree = open_tree(AT_FDCWD, arg[0], OPEN_TREE_CLONE);
    return tree < 0 ? result(tree) : open_twice(tree, arg[1], flags);
}
static int do_open_tree_file(char** arg, int flags) {
    const int tree = open_tree(AT_FDCWD, arg[0], OPEN_TREE_CLONE);
    return tree < 0 ? result(tree) : reopen(tree, flags);
}

// A new file in a new file system that is mounted nowhere.
static int do_fsmount(char** arg, int flags) {
    const int fs = fsopen(arg[0], 0);
    if (fs < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) return -errno;
    const int tree = fsmount(fs, 0, 0);
    return tree < 0 ? result(tree) : open_twice(tree, arg[1], flags);
}

// In DIR after MOUNT, on which it lies, was unmounted lazily.
static int do_open_unmounted(char** arg, int flags) {
    const int dir = open(arg[0], O_PATH | O_DIRECTORY);
    if (dir < 0 || umount2(arg[1], MNT_DETACH) < 0) return -errno;
    return open_twice(dir, arg[2], flags);
}

// In a mount namespace of its own, of which ROOT is all there is.
static int do_pivot(char** arg, int flags) {
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount(arg[0], arg[0], NULL, MS_BIND | MS_REC, NULL) < 0 || chdir(arg[0]) < 0 ||
        syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
        return -errno;
    return open_twice(AT_FDCWD, arg[1], flags);
}

static int do_pidfd_reopen(char** arg, int flags) {
    (void)arg;
    const int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
    return fd < 0 ? result(fd) : reopen(fd, flags);
}

// A chain of DEPTH directories `d` under BASE; the path to the deepest may be longer than any
// buffer.
static int deepest(char** arg, int create) {
    int dir = open(arg[1], O_PATH | O_DIRECTORY);
    for (long depth = strtol(arg[0], NULL, 10); depth > 0 && dir >= 0; depth--) {
        if (create && mkdirat(dir, "d", 0755) < 0 && errno != EEXIST) return -errno;
        const int next = openat(dir, "d", O_PATH | O_DIRECTORY);
        close(dir);
        dir = next;
    }
    return result(dir);
}

static int do_deep(char** arg, int flags) {
    const int dir = deepest(arg, flags & O_CREAT);
    return dir < 0 ? dir : open_twice(dir, arg[2], flags);
}

const struct verb opening_verbs[] = {
    {"open-read", "PATH", 1, do_open, O_RDONLY},
    {"open-write", "PATH", 1, do_open, O_WRONLY},
    {"open-rw", "PATH", 1, do_open, O_RDWR},
    {"open-append", "PATH", 1, do_open, O_WRONLY | O_APPEND},
    {"open-append-rw", "PATH", 1, do_open, O_RDWR | O_APPEND},
    {"open-trunc", "PATH", 1, do_open, O_RDONLY | O_TRUNC},
    {"open-creat", "PATH", 1, do_open, O_WRONLY | O_CREAT},
    {"open-creat-read", "PATH", 1, do_open, O_RDONLY | O_CREAT},
    {"create", "PATH", 1, do_open, O_WRONLY | O_CREAT | O_EXCL},
    {"open-dir", "PATH", 1, do_open, O_RDONLY | O_DIRECTORY},
    {"open-path", "PATH", 1, do_open, O_PATH},
    {"open-tmpfile", "DIR", 1, do_open, O_RDWR | O_TMPFILE},
    {"open-nofollow", "PATH", 1, do_open, O_RDONLY | O_NOFOLLOW},
    {"openat2", "PATH", 1, do_openat2, O_RDONLY},
    {"open-handle", "PATH MOUNT", 2, do_open_handle, O_RDONLY},
    {"open-handle-uncached", "PATH MOUNT", 2, do_open_handle_uncached, O_RDONLY},
    {"open-tree", "DIR NAME", 2, do_open_tree, O_RDONLY},
    {"open-tree-file", "PATH", 1, do_open_tree_file, O_RDONLY},
    {"open-fsmount", "FSTYPE NAME", 2, do_fsmount, O_RDWR | O_CREAT},
    {"open-unmounted", "DIR MOUNT NAME", 3, do_open_unmounted, O_RDONLY},
    {"open-pivoted", "ROOT PATH", 2, do_pivot, O_RDONLY},
    {"open-twice", "PATH", 1, do_open_twice, O_RDONLY},
    {"pidfd-reopen", "", 0, do_pidfd_reopen, O_RDONLY},
    {"reopen-fd", "PATH", 1, do_reopen, O_RDONLY},
    {"reopen-fd-write", "PATH", 1, do_reopen, O_WRONLY},
    {"memfd-reopen", "NAME", 1, do_memfd_reopen, O_RDONLY},
    {"deep-prepare", "DEPTH BASE NAME", 3, do_deep, O_WRONLY | O_CREAT},
    {"deep-open", "DEPTH BASE NAME", 3, do_deep, O_RDONLY},
    {0},
};
