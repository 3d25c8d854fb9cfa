// SPDX-License-Identifier: Apache-2.0
#include "policy/kernel_words.h"

#include <linux/bpf.h>
#include <linux/mount.h>
#include <linux/prctl.h>
#include <sys/resource.h>

#include <bit>
#include <csignal>
#include <cstddef>

namespace bailiff::policy {
namespace {

constexpr std::string_view kLockdowns[] = {
#define BLF_LOCKDOWN(id, word, meaning) word,
#include "abi/lockdowns.def"
#undef BLF_LOCKDOWN
    "other"};

constexpr std::string_view kCommands[] = {"map-create",
                                          "map-lookup-elem",
                                          "map-update-elem",
                                          "map-delete-elem",
                                          "map-get-next-key",
                                          "prog-load",
                                          "obj-pin",
                                          "obj-get",
                                          "prog-attach",
                                          "prog-detach",
                                          "prog-test-run",
                                          "prog-get-next-id",
                                          "map-get-next-id",
                                          "prog-get-fd-by-id",
                                          "map-get-fd-by-id",
                                          "obj-get-info-by-fd",
                                          "prog-query",
                                          "raw-tracepoint-open",
                                          "btf-load",
                                          "btf-get-fd-by-id",
                                          "task-fd-query",
                                          "map-lookup-and-delete-elem",
                                          "map-freeze",
                                          "btf-get-next-id",
                                          "map-lookup-batch",
                                          "map-lookup-and-delete-batch",
                                          "map-update-batch",
                                          "map-delete-batch",
                                          "link-create",
                                          "link-update",
                                          "link-get-fd-by-id",
                                          "link-get-next-id",
                                          "enable-stats",
                                          "iter-create",
                                          "link-detach",
                                          "prog-bind-map",
                                          "token-create",
                                          "prog-stream-read-by-fd",
                                          "prog-assoc-struct-ops"};
static_assert(kCommands[BPF_PROG_LOAD] == "prog-load" &&
              kCommands[BPF_LINK_CREATE] == "link-create");
static_assert(kCommands[BPF_PROG_BIND_MAP] == "prog-bind-map");

constexpr std::string_view kPrograms[] = {"unspec",
                                          "socket-filter",
                                          "kprobe",
                                          "sched-cls",
                                          "sched-act",
                                          "tracepoint",
                                          "xdp",
                                          "perf-event",
                                          "cgroup-skb",
                                          "cgroup-sock",
                                          "lwt-in",
                                          "lwt-out",
                                          "lwt-xmit",
                                          "sock-ops",
                                          "sk-skb",
                                          "cgroup-device",
                                          "sk-msg",
                                          "raw-tracepoint",
                                          "cgroup-sock-addr",
                                          "lwt-seg6local",
                                          "lirc-mode2",
                                          "sk-reuseport",
                                          "flow-dissector",
                                          "cgroup-sysctl",
                                          "raw-tracepoint-writable",
                                          "cgroup-sockopt",
                                          "tracing",
                                          "struct-ops",
                                          "ext",
                                          "lsm",
                                          "sk-lookup",
                                          "syscall",
                                          "netfilter"};
static_assert(kPrograms[BPF_PROG_TYPE_KPROBE] == "kprobe" && kPrograms[BPF_PROG_TYPE_LSM] == "lsm");
static_assert(kPrograms[BPF_PROG_TYPE_SYSCALL] == "syscall");

constexpr std::string_view kMaps[] = {"unspec",
                                      "hash",
                                      "array",
                                      "prog-array",
                                      "perf-event-array",
                                      "percpu-hash",
                                      "percpu-array",
                                      "stack-trace",
                                      "cgroup-array",
                                      "lru-hash",
                                      "lru-percpu-hash",
                                      "lpm-trie",
                                      "array-of-maps",
                                      "hash-of-maps",
                                      "devmap",
                                      "sockmap",
                                      "cpumap",
                                      "xskmap",
                                      "sockhash",
                                      "cgroup-storage",
                                      "reuseport-sockarray",
                                      "percpu-cgroup-storage",
                                      "queue",
                                      "stack",
                                      "sk-storage",
                                      "devmap-hash",
                                      "struct-ops",
                                      "ringbuf",
                                      "inode-storage",
                                      "task-storage",
                                      "bloom-filter",
                                      "user-ringbuf",
                                      "cgrp-storage",
                                      "arena",
                                      "insn-array"};
static_assert(kMaps[BPF_MAP_TYPE_HASH] == "hash" && kMaps[BPF_MAP_TYPE_RINGBUF] == "ringbuf");
static_assert(kMaps[BPF_MAP_TYPE_USER_RINGBUF] == "user-ringbuf");

constexpr std::string_view kMountFlags[] = {
    "ro",          "nosuid",     "nodev",   "noexec",     "sync",   "remount",  "mand", "dirsync",
    "nosymfollow", "",           "noatime", "nodiratime", "bind",   "move",     "rec",  "silent",
    "posixacl",    "unbindable", "private", "slave",      "shared", "relatime", "",     "iversion",
    "strictatime", "lazytime"};
constexpr std::string_view kAccesses[] = {"", "read", "attach"};

constexpr std::string_view kSignals[] = {
    "none", "hup",  "int",  "quit", "ill",    "trap",   "abrt",  "bus",  "fpe",  "kill", "usr1",
    "segv", "usr2", "pipe", "alrm", "term",   "stkflt", "chld",  "cont", "stop", "tstp", "ttin",
    "ttou", "urg",  "xcpu", "xfsz", "vtalrm", "prof",   "winch", "io",   "pwr",  "sys",  "32",
    "33",   "34",   "35",   "36",   "37",     "38",     "39",    "40",   "41",   "42",   "43",
    "44",   "45",   "46",   "47",   "48",     "49",     "50",    "51",   "52",   "53",   "54",
    "55",   "56",   "57",   "58",   "59",     "60",     "61",    "62",   "63",   "64"};
static_assert(kSignals[SIGKILL] == "kill" && kSignals[SIGSYS] == "sys");

constexpr std::string_view kResources[] = {
    "cpu",     "fsize", "data",  "stack",      "core",     "rss",  "nproc",  "nofile",
    "memlock", "as",    "locks", "sigpending", "msgqueue", "nice", "rtprio", "rttime"};
static_assert(kResources[RLIMIT_CORE] == "core" && kResources[RLIMIT_RTTIME] == "rttime");

constexpr NumberedWord kOptions[] = {{"set-pdeathsig", PR_SET_PDEATHSIG},
                                     {"get-pdeathsig", PR_GET_PDEATHSIG},
                                     {"get-dumpable", PR_GET_DUMPABLE},
                                     {"set-dumpable", PR_SET_DUMPABLE},
                                     {"get-keepcaps", PR_GET_KEEPCAPS},
                                     {"set-keepcaps", PR_SET_KEEPCAPS},
                                     {"get-timing", PR_GET_TIMING},
                                     {"set-timing", PR_SET_TIMING},
                                     {"set-name", PR_SET_NAME},
                                     {"get-name", PR_GET_NAME},
                                     {"get-seccomp", PR_GET_SECCOMP},
                                     {"set-seccomp", PR_SET_SECCOMP},
                                     {"capbset-read", PR_CAPBSET_READ},
                                     {"capbset-drop", PR_CAPBSET_DROP},
                                     {"get-tsc", PR_GET_TSC},
                                     {"set-tsc", PR_SET_TSC},
                                     {"get-securebits", PR_GET_SECUREBITS},
                                     {"set-securebits", PR_SET_SECUREBITS},
                                     {"set-timerslack", PR_SET_TIMERSLACK},
                                     {"get-timerslack", PR_GET_TIMERSLACK},
                                     {"mce-kill", PR_MCE_KILL},
                                     {"mce-kill-get", PR_MCE_KILL_GET},
                                     {"set-mm", PR_SET_MM},
                                     {"set-ptracer", PR_SET_PTRACER},
                                     {"set-child-subreaper", PR_SET_CHILD_SUBREAPER},
                                     {"get-child-subreaper", PR_GET_CHILD_SUBREAPER},
                                     {"set-no-new-privs", PR_SET_NO_NEW_PRIVS},
                                     {"get-no-new-privs", PR_GET_NO_NEW_PRIVS},
                                     {"get-tid-address", PR_GET_TID_ADDRESS},
                                     {"set-thp-disable", PR_SET_THP_DISABLE},
                                     {"get-thp-disable", PR_GET_THP_DISABLE},
                                     {"cap-ambient", PR_CAP_AMBIENT},
                                     {"get-speculation-ctrl", PR_GET_SPECULATION_CTRL},
                                     {"set-speculation-ctrl", PR_SET_SPECULATION_CTRL},
                                     {"set-io-flusher", PR_SET_IO_FLUSHER},
                                     {"get-io-flusher", PR_GET_IO_FLUSHER},
                                     {"set-syscall-user-dispatch", PR_SET_SYSCALL_USER_DISPATCH},
                                     {"sched-core", PR_SCHED_CORE},
                                     {"set-vma", PR_SET_VMA}};

constexpr size_t NumberOf(unsigned flag) {
    return static_cast<size_t>(std::countr_zero(flag));
}
static_assert(kMountFlags[NumberOf(MS_NOEXEC)] == "noexec" &&
              kMountFlags[NumberOf(MS_REC)] == "rec");
static_assert(kMountFlags[NumberOf(MS_BIND)] == "bind");
static_assert(kMountFlags[NumberOf(MS_LAZYTIME)] == "lazytime");

}  // namespace

std::span<const std::string_view> LockdownWords() {
    return kLockdowns;
}

std::span<const std::string_view> BpfCommandWords() {
    return kCommands;
}

std::span<const std::string_view> BpfProgramWords() {
    return kPrograms;
}

std::span<const std::string_view> BpfMapWords() {
    return kMaps;
}

std::span<const std::string_view> MountFlagWords() {
    return kMountFlags;
}

std::span<const std::string_view> PtraceAccessWords() {
    return kAccesses;
}

std::span<const std::string_view> SignalWords() {
    return kSignals;
}

std::span<const std::string_view> ResourceWords() {
    return kResources;
}

std::span<const NumberedWord> PrctlOptions() {
    return kOptions;
}

}  // namespace bailiff::policy
