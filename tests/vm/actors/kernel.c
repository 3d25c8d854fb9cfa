// SPDX-License-Identifier: Apache-2.0
// What changes or shows the kernel itself.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/klog.h>
#include <sys/quota.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "actor.h"

static int do_load_module(char** arg, int flags) {
    (void)flags;
    const int fd = open(arg[0], O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : result(syscall(SYS_finit_module, fd, "", 0));
}

// Its content, not its file.
static int do_load_module_memory(char** arg, int flags) {
    (void)flags;
    static char content[8 << 20];
    const int fd = open(arg[0], O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    const ssize_t size = read(fd, content, sizeof(content));
    return size < 0 ? -errno : result(syscall(SYS_init_module, content, (unsigned long)size, ""));
}

static int do_kexec_file(char** arg, int flags) {
    (void)flags;
    const int kernel = open(arg[0], O_RDONLY | O_CLOEXEC);
    if (kernel < 0) return -errno;
    const unsigned long kNoInitramfs = 4;
    return result(syscall(SYS_kexec_file_load, kernel, -1, 1UL, "", kNoInitramfs));
}

// Of no segments: what was loaded is forgotten.
static int do_kexec_memory(char** arg, int flags) {
    (void)arg, (void)flags;
    return result(syscall(SYS_kexec_load, 0UL, 0UL, NULL, 0UL));
}

static int do_bpf_map(char** arg, int flags) {
    (void)flags;
    union bpf_attr make = {
        .map_type = (unsigned)atoi(arg[0]), .key_size = 4, .value_size = 4, .max_entries = 1};
    return result(syscall(SYS_bpf, BPF_MAP_CREATE, &make, sizeof(make)));
}

// return 0
static int do_bpf_program(char** arg, int flags) {
    (void)flags;
    const struct bpf_insn code[] = {{.code = 0xb7}, {.code = 0x95}};
    union bpf_attr load = {.prog_type = (unsigned)atoi(arg[0]),
                           .insns = (unsigned long)code,
                           .insn_cnt = 2,
                           .license = (unsigned long)"GPL"};
    return result(syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof(load)));
}

static int do_perf(char** arg, int flags) {
    (void)arg, (void)flags;
    struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE,
                                    .size = sizeof(event),
                                    .config = PERF_COUNT_SW_DUMMY,
                                    .exclude_kernel = 1};
    return result(syscall(SYS_perf_event_open, &event, 0, -1, -1, 0UL));
}

static int do_uring(char** arg, int flags) {
    (void)arg, (void)flags;
    struct io_uring_params parameters = {0};
    return result(syscall(SYS_io_uring_setup, 1, &parameters));
}

// To what it says now.
static int do_set_time(char** arg, int flags) {
    (void)arg, (void)flags;
    struct timeval now;
    gettimeofday(&now, NULL);
    return result(settimeofday(&now, NULL));
}

static int do_read_messages(char** arg, int flags) {
    (void)arg;
    static char messages[4096];
    return result(klogctl(flags, messages, sizeof(messages)));
}

// Of whichever file systems there are.
static int do_sync_quotas(char** arg, int flags) {
    (void)arg, (void)flags;
    return result(syscall(SYS_quotactl, QCMD(Q_SYNC, USRQUOTA), NULL, 0, NULL));
}

enum { kReadAll = 3 };

const struct verb kernel_verbs[] = {
    {"load-module", "FILE", 1, do_load_module, 0},
    {"load-module-memory", "FILE", 1, do_load_module_memory, 0},
    {"kexec-file", "FILE", 1, do_kexec_file, 0},
    {"kexec-memory", "", 0, do_kexec_memory, 0},
    {"bpf-map", "TYPE", 1, do_bpf_map, 0},
    {"bpf-program", "TYPE", 1, do_bpf_program, 0},
    {"perf", "", 0, do_perf, 0},
    {"make-uring", "", 0, do_uring, 0},
    {"set-time", "", 0, do_set_time, 0},
    {"sync-quotas", "", 0, do_sync_quotas, 0},
    {"read-messages", "", 0, do_read_messages, kReadAll},
    {0},
};
