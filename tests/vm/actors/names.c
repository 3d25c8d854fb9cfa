// SPDX-License-Identifier: Apache-2.0
// Names: made, removed, moved, given to a file a second time.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "actor.h"

static int do_unlink(char** arg, int flags) {
    return result(unlinkat(AT_FDCWD, arg[0], flags));
}
static int do_mkdir(char** arg, int mode) {
    return result(mkdir(arg[0], (mode_t)mode));
}
static int do_mknod(char** arg, int mode) {
    return result(mknod(arg[0], (mode_t)mode, 0));
}
static int do_rename(char** arg, int flags) {
    return result(renameat2(AT_FDCWD, arg[0], AT_FDCWD, arg[1], (unsigned)flags));
}
static int do_link(char** arg, int flags) {
    return result(linkat(AT_FDCWD, arg[0], AT_FDCWD, arg[1], flags));
}
static int do_symlink(char** arg, int flags) {
    (void)flags;
    return result(symlink(arg[0], arg[1]));
}
static int do_readlink(char** arg, int flags) {
    char buf[8];
    (void)flags;
    return result(readlink(arg[0], buf, sizeof(buf)));
}

// An open file by its descriptor's name, which needs no privilege.
static int do_link_descriptor(char** arg, int flags) {
    char path[64];
    const int fd = take(arg[0], flags);
    if (fd < 0) return fd;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return result(linkat(AT_FDCWD, path, AT_FDCWD, arg[1], AT_SYMLINK_FOLLOW));
}

const struct verb name_verbs[] = {
    {"unlink", "PATH", 1, do_unlink, 0},
    {"rmdir", "PATH", 1, do_unlink, AT_REMOVEDIR},
    {"mkdir", "PATH", 1, do_mkdir, 0755},
    {"mkfifo", "PATH", 1, do_mknod, S_IFIFO | 0644},
    {"mknod-file", "PATH", 1, do_mknod, S_IFREG | 0644},
    {"mknod-socket", "PATH", 1, do_mknod, S_IFSOCK | 0644},
    {"mknod-device", "PATH", 1, do_mknod, S_IFCHR | 0644},
    {"rename", "FROM TO", 2, do_rename, 0},
    {"rename-noreplace", "FROM TO", 2, do_rename, RENAME_NOREPLACE},
    {"exchange", "FROM TO", 2, do_rename, RENAME_EXCHANGE},
    {"whiteout", "FROM TO", 2, do_rename, RENAME_WHITEOUT},
    {"link", "FROM TO", 2, do_link, 0},
    {"link-fd", "PATH|FD TO", 2, do_link_descriptor, O_RDONLY},
    {"link-tmpfile", "DIR TO", 2, do_link_descriptor, O_RDWR | O_TMPFILE},
    {"symlink", "TARGET PATH", 2, do_symlink, 0},
    {"readlink", "PATH", 1, do_readlink, 0},
    {0},
};
