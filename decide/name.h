/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * A component's bytes and their hash. The hash only has to spread: a hit is confirmed against the
 * bytes, so a collision, even one made on purpose, costs a comparison and never a verdict.
 */
#ifndef BAILIFF_DECIDE_NAME_H
#define BAILIFF_DECIDE_NAME_H

#include "decide/blocks.h"

#define BLF_NAME_WORDS 32
#define BLF_HASH_WORDS 4 /* hashed at once: a name of up to 31 bytes in one piece */

/* The bytes from the name's length on, to the end of the piece that is hashed at once, are 0. Names
 * are compared by whole words, the last one always with a 0 byte in it, so that no name is a
 * beginning of another. */
struct blf_name {
    __u64 word[BLF_NAME_WORDS];
};
BLF_STATIC_ASSERT(sizeof(struct blf_name) > BLF_NAME_MAX, "a name and its 0");

BLF_INLINE __u32 blf_name_words(__u32 length) {
    return length / 8 + 1;
}

/* How many times blf_hash_piece() is called. */
BLF_INLINE __u32 blf_name_pieces(__u32 length) {
    return length / (8 * BLF_HASH_WORDS) + 1;
}

BLF_INLINE __u64 blf_hash_begin(__u32 length) {
    return (length + 1) * 0x9e3779b97f4a7c15ULL;
}

/* Odd, so that each step can be undone: no two words in one place hash alike by themselves. */
#define BLF_HASH_0 0xff51afd7ed558ccdULL
#define BLF_HASH_1 0xc2b2ae3d27d4eb4fULL
#define BLF_HASH_2 0x9fb21c651e98df25ULL
#define BLF_HASH_3 0xd6e8feb86659fd93ULL

BLF_INLINE __u64 blf_hash_piece(__u64 hash, const __u64* word) {
    __u64 left = (word[0] + hash) * BLF_HASH_0 ^ word[1] * BLF_HASH_1;
    __u64 right = (word[2] ^ left >> 29) * BLF_HASH_2 ^ word[3] * BLF_HASH_3;
    hash = (left ^ right) * 0xc4ceb9fe1a85ec53ULL;
    return hash ^ hash >> 32;
}

/* The two buckets in which an edge of this state may lie. */
BLF_INLINE __u64 blf_bucket_mix(__u64 hash, __u32 state) {
    __u64 mix = (hash ^ state * 0x9e3779b97f4a7c15ULL) * 0xc4ceb9fe1a85ec53ULL;
    return mix ^ (mix >> 29);
}

BLF_INLINE __u32 blf_bucket(__u64 mix, __u32 which, __u32 count) {
    return (__u32)(((which ? mix >> 32 : mix & 0xffffffffULL) * count) >> 32);
}

BLF_INLINE __u32 blf_edge_tag(__u64 hash) {
    return (__u32)(hash >> 32);
}

#endif
