// SPDX-License-Identifier: Apache-2.0
// Executing: success replaces this process, so the program itself prints what the case looks for.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
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

// ---- another program by /proc/self/exe alone ----

static int copy_to_memory(char* at, size_t size, int rights) {
    char* copy = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED) return -errno;
    memcpy(copy, at, size);
    if (mprotect(copy, size, rights) < 0) return -errno;
    return mremap(copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, at) == MAP_FAILED ? -errno : 0;
}

// The kernel changes the link of no process that has its program mapped still. We are static: no
// other file is mapped.
static int leave_program(void) {
    char line[256], rights[5];
    void *begin, *end;
    unsigned long inode;
    int done = 0;
    FILE* maps = fopen("/proc/self/maps", "re");
    if (!maps) return -errno;
    while (done == 0 && fgets(line, sizeof(line), maps)) {
        if (sscanf(line, "%p-%p %4s %*s %*s %lu", &begin, &end, rights, &inode) < 4) continue;
        const int may = (rights[1] == 'w' ? PROT_WRITE : 0) | (rights[2] == 'x' ? PROT_EXEC : 0);
        if (inode)
            done = copy_to_memory(begin, (size_t)((char*)end - (char*)begin), PROT_READ | may);
    }
    fclose(maps);
    return done;
}

static int become(const char* program) {
    const uint64_t heap = (uintptr_t)sbrk(0);
    const struct prctl_mm_map map = {.start_code = heap - 1,
                                     .end_code = heap,
                                     .start_data = heap,
                                     .end_data = heap,
                                     .start_brk = heap,
                                     .brk = heap,
                                     .start_stack = heap,
                                     .arg_start = heap,
                                     .arg_end = heap,
                                     .env_start = heap,
                                     .env_end = heap,
                                     .exe_fd = (uint32_t)open(program, O_RDONLY | O_CLOEXEC)};
    return result(prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0));
}

// `waits`: until somebody writes to the pipe that is named third.
static int do_open_as(char** arg, int waits) {
    char byte;
    if (waits && read(open(arg[2], O_RDONLY | O_CLOEXEC), &byte, 1) != 1) return -errno;
    const int left = leave_program(), became = left < 0 ? left : become(arg[0]);
    return became < 0 ? became : result(open(arg[1], O_RDONLY | O_CLOEXEC));
}

// A script's interpreter opens the script by its descriptor, so that one stays open.
const struct verb exec_verbs[] = {
    {"exec", "PROGRAM", 1, do_exec, 0},
    {"exec-fd", "PROGRAM", 1, do_exec_fd, O_RDONLY | O_CLOEXEC},
    {"exec-path-fd", "PROGRAM", 1, do_exec_fd, O_PATH | O_CLOEXEC},
    {"exec-deleted", "PROGRAM", 1, do_exec_deleted, O_PATH | O_CLOEXEC},
    {"exec-memfd", "PROGRAM", 1, do_exec_memfd, MFD_CLOEXEC},
    {"exec-memfd-script", "SCRIPT", 1, do_exec_memfd, 0},
    {"open-read-as", "PROGRAM PATH", 2, do_open_as, 0},
    {"open-read-as-later", "PROGRAM PATH PIPE", 3, do_open_as, 1},
    {0},
};
