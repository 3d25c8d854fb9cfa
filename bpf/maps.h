/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The maps shared with the loader (abi/runtime.h), and the seam of decide/ over the published
 * image.
 */
#ifndef BAILIFF_BPF_MAPS_H
#define BAILIFF_BPF_MAPS_H

#include "bpf/kernel.h"
/* after kernel.h, which has the types they need */
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "abi/image.h"
#include "abi/runtime.h"

/* key_size and value_size instead of types: with BTF types 6.1 takes no other inner map than one
 * that was created with the same BTF (bpf_map_meta_equal compares timer_off). */
struct blf_image_map {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __uint(map_flags, BPF_F_MMAPABLE | BPF_F_INNER_MAP);
    __uint(key_size, sizeof(__u32));
    __uint(value_size, sizeof(struct blf_block));
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, 1);
    __type(key, __u32);
    __array(values, struct blf_image_map);
} slot SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __uint(map_flags, BPF_F_MMAPABLE);
    __type(key, __u32);
    __type(value, struct blf_control);
} control SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct blf_probe);
} probes SEC(".maps");

/* Zeros that the verifier does not know. 6.1 verifies a bpf_loop callback for one iteration and
 * believes constants in its context for ever: initialised from these, nothing is constant. */
volatile __u32 blf_zero32;
volatile __u64 blf_zero64;

/* Read or written once, in this place. */
#define BLF_ONCE(x) (*(volatile typeof(x)*)&(x))

/* Set by the loader, as what bpf/dimensions.h has. */
const volatile __u32 blf_known_defaults;
#define BLF_KNOWS_DEFAULTS blf_known_defaults

#define BLF_IMAGE void*

BLF_INLINE struct blf_block* blf_block_mutable(BLF_IMAGE image, __u32 index) {
    return bpf_map_lookup_elem(image, &index);
}

BLF_INLINE const struct blf_block* blf_block_at(BLF_IMAGE image, __u32 index) {
    return blf_block_mutable(image, index);
}

/* One of a process's groups, at an address of the kernel's. */
BLF_INLINE __u32 blf_group_at(__u64 groups, __u32 index) {
    __u32 gid = 0;
    bpf_probe_read_kernel(&gid, sizeof(gid), (void*)(groups + (__u64)index * sizeof(gid)));
    return gid;
}

#include "decide/blocks.h" /* here, where its seam is defined */

/* The image this decision is made by: read once, so that no decision mixes two policies. RCU keeps
 * it alive to the end of the program, which must not sleep. */
BLF_INLINE BLF_IMAGE blf_published(void) {
    __u32 zero = 0;
    return bpf_map_lookup_elem(&slot, &zero);
}

/* NULL where there is no image: before the first one. */
BLF_INLINE const struct blf_root* blf_root_in(BLF_IMAGE image) {
    return image ? (const struct blf_root*)blf_block_at(image, BLF_BLOCK_ROOT) : NULL;
}

#endif
