// SPDX-License-Identifier: Apache-2.0
// What is kept about a file beside its content; its length, and locks and controls.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "actor.h"

#define BOB 1001

// ---- by name ----

static int do_stat(char** arg, int flags) {
    struct stat st;
    return result(fstatat(AT_FDCWD, arg[0], &st, flags));
}
static int do_statx(char** arg, int flags) {
    struct statx st;
    return result(statx(AT_FDCWD, arg[0], flags, STATX_BASIC_STATS, &st));
}
static int do_truncate(char** arg, int size) {
    return result(truncate(arg[0], size));
}
static int do_chmod(char** arg, int mode) {
    return result(chmod(arg[0], (mode_t)mode));
}
static int do_chown(char** arg, int uid) {
    return result(lchown(arg[0], (uid_t)uid, (gid_t)-1));
}
static int do_utime(char** arg, int flags) {
    return result(utimensat(AT_FDCWD, arg[0], NULL, flags));
}
static int do_setxattr(char** arg, int flags) {
    return result(setxattr(arg[0], arg[1], "1", 1, flags));
}
static int do_removexattr(char** arg, int flags) {
    (void)flags;
    return result(removexattr(arg[0], arg[1]));
}

// ---- access control lists, as the attribute that holds them ----

struct acl {
    uint32_t version;
    struct {
        uint16_t tag, rights;
        uint32_t id;
    } entry[5];
};

static int do_set_acl(char** arg, int flags) {
    const struct acl acl = {.version = 2,
                            .entry = {{0x01, 6, UINT32_MAX},
                                      {0x02, 4, BOB},
                                      {0x04, 4, UINT32_MAX},
                                      {0x10, 4, UINT32_MAX},
                                      {0x20, 4, UINT32_MAX}}};
    return result(setxattr(arg[0], "system.posix_acl_access", &acl, sizeof(acl), flags));
}
static int do_remove_acl(char** arg, int flags) {
    (void)flags;
    return result(removexattr(arg[0], "system.posix_acl_access"));
}

// ---- by descriptor ----

static int do_fstat(char** arg, int flags) {
    struct stat st;
    const int fd = take(arg[0], flags);
    return fd < 0 ? fd : result(fstat(fd, &st));
}
static int do_ftruncate(char** arg, int size) {
    const int fd = take(arg[0], O_WRONLY);
    return fd < 0 ? fd : result(ftruncate(fd, size));
}
static int do_fallocate(char** arg, int mode) {
    const int fd = take(arg[0], O_WRONLY);
    return fd < 0 ? fd : result(fallocate(fd, mode, 0, 4096));
}
static int do_fchmod(char** arg, int mode) {
    const int fd = take(arg[0], O_RDONLY);
    return fd < 0 ? fd : result(fchmod(fd, (mode_t)mode));
}
static int do_fchown(char** arg, int uid) {
    const int fd = take(arg[0], O_RDONLY);
    return fd < 0 ? fd : result(fchown(fd, (uid_t)uid, (gid_t)-1));
}
static int do_futime(char** arg, int flags) {
    const int fd = take(arg[0], flags);
    return fd < 0 ? fd : result(futimens(fd, NULL));
}
static int do_fsetxattr(char** arg, int flags) {
    const int fd = take(arg[0], O_RDONLY);
    return fd < 0 ? fd : result(fsetxattr(fd, arg[1], "1", 1, flags));
}

// ---- controls ----

// What it is set to is what it has.
static int do_setflags(char** arg, int flags) {
    int value = 0;
    const int fd = take(arg[0], flags);
    if (fd < 0) return fd;
    return ioctl(fd, FS_IOC_GETFLAGS, &value) < 0 ? -errno
                                                  : result(ioctl(fd, FS_IOC_SETFLAGS, &value));
}
static int do_ioctl(char** arg, int request) {
    int value = 0;
    const int fd = take(arg[0], O_RDONLY);
    return fd < 0 ? fd : result(ioctl(fd, (unsigned)request, &value));
}

// ---- locks ----

static int do_flock(char** arg, int how) {
    const int fd = take(arg[0], O_RDONLY);
    return fd < 0 ? fd : result(flock(fd, how));
}
static int do_fcntl_lock(char** arg, int command) {
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    const int fd = take(arg[0], O_RDONLY);
    return fd < 0 ? fd : result(fcntl(fd, command, &lock));
}
static int do_lease(char** arg, int kind) {
    const int fd = take(arg[0], O_RDONLY);
    return fd < 0 ? fd : result(fcntl(fd, F_SETLEASE, kind));
}

const struct verb attribute_verbs[] = {
    {"stat", "PATH", 1, do_stat, 0},
    {"lstat", "PATH", 1, do_stat, AT_SYMLINK_NOFOLLOW},
    {"statx", "PATH", 1, do_statx, 0},
    {"fstat", "PATH|FD", 1, do_fstat, O_RDONLY},
    {"fstat-path", "PATH|FD", 1, do_fstat, O_PATH},
    {"truncate", "PATH", 1, do_truncate, 0},
    {"ftruncate", "PATH|FD", 1, do_ftruncate, 0},
    {"fallocate", "PATH|FD", 1, do_fallocate, 0},
    {"fallocate-punch", "PATH|FD", 1, do_fallocate, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE},
    {"fallocate-collapse", "PATH|FD", 1, do_fallocate, FALLOC_FL_COLLAPSE_RANGE},
    {"chmod", "PATH", 1, do_chmod, 0644},
    {"fchmod", "PATH|FD", 1, do_fchmod, 0644},
    {"chown-bob", "PATH", 1, do_chown, BOB},
    {"fchown-bob", "PATH|FD", 1, do_fchown, BOB},
    {"utime", "PATH", 1, do_utime, 0},
    {"lutime", "PATH", 1, do_utime, AT_SYMLINK_NOFOLLOW},
    {"futime", "PATH|FD", 1, do_futime, O_RDONLY},
    {"setxattr", "PATH NAME", 2, do_setxattr, 0},
    {"fsetxattr", "PATH|FD NAME", 2, do_fsetxattr, 0},
    {"removexattr", "PATH NAME", 2, do_removexattr, 0},
    {"set-acl", "PATH", 1, do_set_acl, 0},
    {"remove-acl", "PATH", 1, do_remove_acl, 0},
    {"setflags", "PATH|FD", 1, do_setflags, O_RDONLY},
    {"getflags", "PATH|FD", 1, do_ioctl, (int)FS_IOC_GETFLAGS},
    {"fionread", "PATH|FD", 1, do_ioctl, FIONREAD},
    {"flock", "PATH|FD", 1, do_flock, LOCK_EX | LOCK_NB},
    {"fcntl-lock", "PATH|FD", 1, do_fcntl_lock, F_SETLK},
    {"ofd-lock", "PATH|FD", 1, do_fcntl_lock, F_OFD_SETLK},
    {"lease", "PATH|FD", 1, do_lease, F_RDLCK},
    {0},
};
