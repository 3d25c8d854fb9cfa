// SPDX-License-Identifier: Apache-2.0
#include "policy/kernel_words.h"

#include <linux/bpf.h>
#include <linux/mount.h>

#include <bit>
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

}  // namespace bailiff::policy
