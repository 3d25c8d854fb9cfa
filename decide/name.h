/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * A component's bytes and their hash. The hash only has to spread: a hit is confirmed against the
 * bytes, so a collision, even one made on purpose, costs a comparison and never a verdict.
 */
#ifndef BAILIFF_DECIDE_NAME_H
#define BAILIFF_DECIDE_NAME_H

#include "decide/blocks.h"

#define BLF_NAME_WORDS 32

/* The bytes from the name's length to the end of that word are 0. A name is hashed and compared by
 * whole words, its last one always with a 0 byte in it, so that no name is a beginning of another.
 */
struct blf_name {
    __u64 word[BLF_NAME_WORDS];
};
BLF_STATIC_ASSERT(sizeof(struct blf_name) > BLF_NAME_MAX, "a name and its 0");

BLF_INLINE __u32 blf_name_words(__u32 length) {
    return length / 8 + 1;
}

BLF_INLINE __u64 blf_hash_begin(__u32 length) {
    return (length + 1) * 0x9e3779b97f4a7c15ULL;
}

BLF_INLINE __u64 blf_hash_word(__u64 hash, __u64 word) {
    hash = (hash ^ word) * 0xff51afd7ed558ccdULL;
    return hash ^ (hash >> 32);
}

/* The two buckets in which an edge of this state may lie. */
BLF_INLINE __u64 blf_bucket_mix(__u64 hash, __u32 state) {
    __u64 mix = (hash ^ state * 0x9e3779b97f4a7c15ULL) * 0xc4ceb9fe1a85ec53ULL;
    return mix ^ (mix >> 29);
}

BLF_INLINE __u32 blf_bucket(__u64 mix, __u32 which, __u32 count) {
    return (__u32)(((which ? mix >> 32 : mix & 0xffffffffULL) * count) >> 32);
}

BLF_INLINE __u32 blf_tag(__u64 hash) {
    return (__u32)(hash >> 32);
}

#endif
