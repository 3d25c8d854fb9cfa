// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// What tools that match path strings do: bpf_d_path() into a buffer, a hash of the string, one
// look-up in a hash map. A yardstick and not an engine: its buffer belongs to the processor, so
// another open may write over it.
#include <linux/bpf.h>
// the kernel's types for bpf_helpers.h
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define EPERM 1
#define LENGTH 4096

struct path {
    void* mnt; /* clang crashes on an empty one */
} __attribute__((preserve_access_index));

struct file {
    struct path f_path;
} __attribute__((preserve_access_index));

char d_path_license[] SEC("license") = "Dual BSD/GPL";

struct buffer {
    __u64 word[LENGTH / 8];
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct buffer);
} buffers SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 100000);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, __u64);
    __type(value, __u32);
} denied SEC(".maps");

// FNV-1a over words, the last one without what the previous path left behind the NUL.
static __u64 hash_of(struct buffer* buffer, __u32 length) {
    __u64 hash = 0xcbf29ce484222325ULL;
    __u32 last = (length / 8) & (LENGTH / 8 - 1);
    buffer->word[last] &= (1ULL << (8 * (length & 7))) - 1;
    for (__u32 i = 0; i < LENGTH / 8; i++) {
        if (i > last) break;
        hash = (hash ^ buffer->word[i]) * 0x100000001b3ULL;
    }
    return hash;
}

SEC("lsm/file_open")
int BPF_PROG(d_path_open, struct file* file) {
    __u32 zero = 0;
    struct buffer* buffer = bpf_map_lookup_elem(&buffers, &zero);
    if (!buffer) return 0;
    long length = bpf_d_path(&file->f_path, (char*)buffer->word, LENGTH);
    if (length <= 0) return 0;
    __u64 hash = hash_of(buffer, (__u32)length);
    return bpf_map_lookup_elem(&denied, &hash) ? -EPERM : 0;
}
