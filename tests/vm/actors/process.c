// SPDX-License-Identifier: Apache-2.0
// What a process does to itself and to others.
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "actor.h"

static int do_setgid(char** arg, int flags) {
    (void)flags;
    return result(setgid((gid_t)atoi(arg[0])));
}

static int do_setgroups(char** arg, int flags) {
    (void)flags;
    const gid_t group = (gid_t)atoi(arg[0]);
    return result(setgroups(1, &group));
}

static int do_prctl(char** arg, int flags) {
    (void)flags;
    return result(prctl(atoi(arg[0]), atol(arg[1]), 0, 0, 0));
}

// To what it is.
static int do_limit(char** arg, int flags) {
    (void)flags;
    struct rlimit limit;
    const int resource = atoi(arg[0]);
    if (getrlimit((__rlimit_resource_t)resource, &limit) != 0) return -errno;
    return result(setrlimit((__rlimit_resource_t)resource, &limit));
}

static int do_nice(char** arg, int flags) {
    (void)flags;
    return result(setpriority(PRIO_PROCESS, 0, atoi(arg[0])));
}

static int do_affinity(char** arg, int flags) {
    (void)arg, (void)flags;
    cpu_set_t processors;
    if (sched_getaffinity(0, sizeof(processors), &processors) != 0) return -errno;
    return result(sched_setaffinity(0, sizeof(processors), &processors));
}

static int do_ioprio(char** arg, int flags) {
    (void)arg, (void)flags;
    const long kBestEffort4 = 2 << 13 | 4;
    return result(syscall(SYS_ioprio_set, 1, 0, kBestEffort4));
}

static int do_add_key(char** arg, int flags) {
    (void)arg, (void)flags;
    return result(syscall(SYS_add_key, "user", "actor", "x", 1UL, KEY_SPEC_PROCESS_KEYRING));
}

static int do_find_keyring(char** arg, int flags) {
    (void)arg, (void)flags;
    return result(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_THREAD_KEYRING, 1));
}

static int do_traceme(char** arg, int flags) {
    (void)arg, (void)flags;
    return result(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

// A byte of another process, at an address that it has.
static int do_read_memory(char** arg, int flags) {
    (void)flags;
    char byte;
    const struct iovec here = {&byte, 1};
    const struct iovec there = {(void*)strtoul(arg[1], NULL, 16), 1};
    return result(process_vm_readv(atoi(arg[0]), &here, 1, &there, 1, 0));
}

const struct verb process_verbs[] = {
    {"setgid", "GID", 1, do_setgid, 0},
    {"setgroups", "GID", 1, do_setgroups, 0},
    {"prctl", "OPTION VALUE", 2, do_prctl, 0},
    {"limit", "RESOURCE", 1, do_limit, 0},
    {"nice", "NICE", 1, do_nice, 0},
    {"affinity", "", 0, do_affinity, 0},
    {"ioprio", "", 0, do_ioprio, 0},
    {"add-key", "", 0, do_add_key, 0},
    {"find-keyring", "", 0, do_find_keyring, 0},
    {"traceme", "", 0, do_traceme, 0},
    {"read-memory", "PID ADDRESS", 2, do_read_memory, 0},
    {0},
};
