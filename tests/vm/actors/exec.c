// SPDX-License-Identifier: Apache-2.0
// Executing: success replaces this process, so the program itself prints what the case looks for.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "actor.h"

static int exec_descriptor(int fd, char** arg) {
    return fd < 0 ? -errno : result(syscall(SYS_execveat, fd, "", arg, environ, AT_EMPTY_PATH));
}

static int do_exec(char** arg, int flags) {
    (void)flags;
    return result(execv(arg[0], arg));
}

static int do_exec_fd(char** arg, int flags) {
    return exec_descriptor(open(arg[0], flags), arg);
}

static int do_exec_deleted(char** arg, int flags) {
    const int fd = open(arg[0], flags);
    if (fd < 0 || unlink(arg[0]) < 0) return -errno;
    return exec_descriptor(fd, arg);
}

static int do_exec_memfd(char** arg, int memfd_flags) {
    struct stat st;
    const int from = open(arg[0], O_RDONLY | O_CLOEXEC),
              to = memfd_create("copy", (unsigned)memfd_flags);
    if (from < 0 || to < 0 || fstat(from, &st) < 0 ||
        sendfile(to, from, NULL, (size_t)st.st_size) < 0)
        return -errno;
    return exec_descriptor(to, arg);
}

// A script's interpreter opens the script by its descriptor, so that one stays open.
const struct verb exec_verbs[] = {
    {"exec", "PROGRAM", 1, do_exec, 0},
    {"exec-fd", "PROGRAM", 1, do_exec_fd, O_RDONLY | O_CLOEXEC},
    {"exec-path-fd", "PROGRAM", 1, do_exec_fd, O_PATH | O_CLOEXEC},
    {"exec-deleted", "PROGRAM", 1, do_exec_deleted, O_PATH | O_CLOEXEC},
    {"exec-memfd", "PROGRAM", 1, do_exec_memfd, MFD_CLOEXEC},
    {"exec-memfd-script", "SCRIPT", 1, do_exec_memfd, 0},
    {0},
};
