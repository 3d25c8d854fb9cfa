// SPDX-License-Identifier: Apache-2.0
// Mapping: files, and memory of its own; and what mappings become.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "actor.h"

#define SIZE 4096
#define R PROT_READ
#define W PROT_WRITE
#define X PROT_EXEC
#define THEN(rights) ((rights) << 8)  // by mprotect(2)
#define SHARED 0x10000
#define USED 0x20000  // written to before

static int map(int fd, int flags) {
    const int kind = (flags & SHARED ? MAP_SHARED : MAP_PRIVATE) | (fd < 0 ? MAP_ANONYMOUS : 0);
    const int then = flags >> 8 & 0xff;
    char* memory = mmap(NULL, SIZE, flags & 0xff, kind, fd, 0);
    if (memory == MAP_FAILED) return -errno;
    if (flags & USED) memory[0] = 1;
    return then ? result(mprotect(memory, SIZE, then)) : 0;
}

static int do_map(char** arg, int flags) {
    const int rights = (flags | flags >> 8) & 0xff;
    const int fd = take(arg[0], flags & SHARED && rights & W ? O_RDWR : O_RDONLY);
    return fd < 0 ? fd : map(fd, flags);
}

static int do_map_anonymous(char** arg, int flags) {
    (void)arg;
    return map(-1, flags);
}

// Memory at the kernel's addresses of files that were read and are gone: what was freed last is
// mostly used first, dentries only after all that may look at them.
#define ROUNDS 20
#define AT_ONCE 64
static int do_map_after_files(char** arg, int flags) {
    char byte;
    int files[AT_ONCE], got = -EPERM;
    for (int round = 0; round < ROUNDS && got == -EPERM; round++) {
        for (int i = 0; i < AT_ONCE; i++) {
            files[i] = open(arg[0], O_RDWR | O_CREAT, 0600);
            if (files[i] < 0 || read(files[i], &byte, 1) < 0 || unlink(arg[0]) < 0) return -errno;
        }
        for (int i = 0; i < AT_ONCE; i++) close(files[i]);
        if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) < 0) return -errno;
        for (int i = 0; i < AT_ONCE && got == -EPERM; i++) {
            files[i] = memfd_create(arg[1], 0);
            got = files[i] < 0 ? -errno : map(files[i], flags);
        }
        for (int i = 0; i < AT_ONCE; i++) close(files[i]);
    }
    return got;
}

const struct verb memory_verbs[] = {
    {"mmap-read", "PATH|FD", 1, do_map, R},
    {"mmap-exec", "PATH|FD", 1, do_map, R | X},
    {"mmap-rwx", "PATH|FD", 1, do_map, R | W | X},
    {"mmap-shared-read", "PATH|FD", 1, do_map, SHARED | R},
    {"mmap-shared-write", "PATH|FD", 1, do_map, SHARED | R | W},
    {"mmap-private-write", "PATH|FD", 1, do_map, R | W},
    {"mprotect-shared-write", "PATH|FD", 1, do_map, SHARED | R | THEN(R | W)},
    {"mprotect-exec", "PATH|FD", 1, do_map, R | THEN(R | X)},
    {"mprotect-exec-used", "PATH|FD", 1, do_map, R | W | USED | THEN(R | X)},
    {"mmap-exec-after-files", "PATH NAME", 2, do_map_after_files, R | X},
    {"memory-rw", "", 0, do_map_anonymous, R | W},
    {"memory-rwx", "", 0, do_map_anonymous, R | W | X},
    {"memory-exec", "", 0, do_map_anonymous, R | X},
    {"memory-mprotect-exec", "", 0, do_map_anonymous, R | W | USED | THEN(R | X)},
    {0},
};
