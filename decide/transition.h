/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * One transition of the path automaton: from a state, by one component, to the next state.
 *
 * It is written as a machine of small steps, each straight-line code, because BPF verifiers follow
 * nested loops path by path (a 255-byte loop inside a bpf_loop callback goes past 6.12's limit of
 * a million instructions) but accept one flat machine under bpf_loop at once. Userspace calls the
 * same steps in a for loop. The order of the modes is the rule of precedence: literal, glob,
 * default.
 *
 *   HASH     one piece of the name a step (decide/name.h)
 *   PROBE    the two buckets
 *   COMPARE  one block of the name in the image a step
 *   GLOB     one byte a step
 *   DONE     `state` is the next state, or `reason` says why there is none
 *
 * In BPF the machine lies in a map's memory, of whose values no verifier believes anything. On the
 * stack each constant stored into it would have to be a BLF_VALUE (decide/blocks.h).
 */
#ifndef BAILIFF_DECIDE_TRANSITION_H
#define BAILIFF_DECIDE_TRANSITION_H

#include "decide/name.h"

enum blf_mode { BLF_MODE_HASH, BLF_MODE_PROBE, BLF_MODE_COMPARE, BLF_MODE_GLOB, BLF_MODE_DONE };

struct blf_transition {
    __u32 mode;
    __u32 state;  /* from; when DONE the next one */
    __u32 length; /* of the name, 0 to BLF_NAME_MAX */
    __u32 reason; /* enum blf_reason, 0 while all is well */
    __u64 hash;
    __u32 entry; /* PROBE: where to begin: 0..3 in the first bucket, 4..7 in the second */
    __u32 at;    /* HASH: piece; COMPARE: word; GLOB: byte */
    __u32 to;    /* COMPARE: where the candidate leads */
    __u32 name;  /* COMPARE: the candidate's word in the names */
    __u32 cell;  /* GLOB: state over bytes */
    __u32 glob;  /* GLOB: number of the matcher */
};

/* The first entry of a bucket, from number `first` on, that may be the edge of this state by a name
 * of this tag: its number, or 4. */
BLF_INLINE __u32 blf_edge_in(const struct blf_block* bucket, __u32 state, __u32 tag, __u32 first) {
    const struct blf_edge* edge = (const struct blf_edge*)bucket;
#pragma GCC unroll 4
    for (__u32 i = 0; i < 4; i++)
        if (i >= first && edge[i].tag == tag && edge[i].from == state && edge[i].to != BLF_DEAD)
            return i;
    return 4;
}

BLF_INLINE const struct blf_block* blf_bucket_at(BLF_IMAGE image, const struct blf_root* root,
                                                 __u64 mix, __u32 which) {
    return blf_block_at(image, root->bucket_first + blf_bucket(mix, which, root->bucket_count));
}

BLF_INLINE __u32 blf_edge_elsewhere(const struct blf_block* bucket) {
    return ((const struct blf_edge*)bucket)->name & BLF_EDGE_ELSEWHERE;
}

/* May a literal edge of this state bear a name of this hash? No means no. */
BLF_INLINE __u32 blf_may_have_edge(BLF_IMAGE image, const struct blf_root* root, __u32 state,
                                   __u64 hash) {
    __u64 mix = blf_bucket_mix(hash, state);
    const struct blf_block* bucket = blf_bucket_at(image, root, mix, 0);
    if (!bucket || blf_edge_in(bucket, state, blf_edge_tag(hash), 0) < 4) return 1;
    if (!blf_edge_elsewhere(bucket)) return 0;
    bucket = blf_bucket_at(image, root, mix, 1);
    return !bucket || blf_edge_in(bucket, state, blf_edge_tag(hash), 0) < 4;
}

BLF_INLINE void blf_transition_begin(struct blf_transition* t, __u32 length) {
    t->mode = BLF_MODE_HASH;
    t->length = length;
    t->hash = blf_hash_begin(length);
    t->at = 0;
}

BLF_INLINE void blf_transition_fail(struct blf_transition* t, __u32 reason) {
    t->reason = reason;
    t->mode = BLF_MODE_DONE;
}

BLF_INLINE void blf_transition_end(struct blf_transition* t, __u32 state) {
    t->state = state;
    t->mode = BLF_MODE_DONE;
}

BLF_INLINE void blf_step_hash(struct blf_transition* t, const struct blf_name* name) {
    __u32 at = t->at;
    t->hash = blf_hash_piece(t->hash, &name->word[(at * BLF_HASH_WORDS) & (BLF_NAME_WORDS - 1)]);
    t->at = at + 1;
    if (at + 1 < blf_name_pieces(t->length)) return;
    t->entry = 0;
    t->mode = BLF_MODE_PROBE;
}

/* No literal edge: the globs of the state, or its default. */
BLF_INLINE void blf_step_miss(struct blf_transition* t, BLF_IMAGE image,
                              const struct blf_root* root) {
    if (t->state >= root->sparse_states) {
        blf_transition_end(t, BLF_DEAD);
        return;
    }
    const struct blf_state* state =
        (const struct blf_state*)blf_record16(image, root->state_first, t->state);
    if (!state) {
        blf_transition_fail(t, BLF_REASON_BAD_IMAGE);
        return;
    }
    if (!state->glob) {
        blf_transition_end(t, state->default_to);
        return;
    }
    t->glob = state->glob;
    t->to = state->default_to;
    t->cell = 0;
    t->at = 0;
    t->mode = BLF_MODE_GLOB;
}

BLF_INLINE void blf_candidate(struct blf_transition* t, const struct blf_block* bucket, __u32 which,
                              __u32 number) {
    const struct blf_edge* edge = (const struct blf_edge*)bucket + (number & 3);
    t->entry = which * 4 + number + 1;
    t->to = edge->to;
    t->name = edge->name & ~BLF_EDGE_ELSEWHERE;
    t->at = 0;
    t->mode = BLF_MODE_COMPARE;
}

BLF_INLINE void blf_step_probe(struct blf_transition* t, BLF_IMAGE image,
                               const struct blf_root* root) {
    __u32 entry = t->entry, state = t->state, tag = blf_edge_tag(t->hash);
    __u64 mix = blf_bucket_mix(t->hash, state);
    const struct blf_block* bucket = blf_bucket_at(image, root, mix, 0);
    __u32 found;
    if (!bucket) {
        blf_transition_fail(t, BLF_REASON_BAD_IMAGE);
        return;
    }
    found = blf_edge_in(bucket, state, tag, entry);
    if (found < 4) {
        blf_candidate(t, bucket, 0, found);
        return;
    }
    if (!blf_edge_elsewhere(bucket)) {
        blf_step_miss(t, image, root);
        return;
    }
    bucket = blf_bucket_at(image, root, mix, 1);
    if (!bucket) {
        blf_transition_fail(t, BLF_REASON_BAD_IMAGE);
        return;
    }
    found = blf_edge_in(bucket, state, tag, entry < 4 ? 0 : entry - 4);
    if (found < 4)
        blf_candidate(t, bucket, 1, found);
    else
        blf_step_miss(t, image, root);
}

/* A name of up to eight words lies within one block, a longer one begins on a block. */
BLF_INLINE void blf_step_compare(struct blf_transition* t, BLF_IMAGE image,
                                 const struct blf_root* root, const struct blf_name* name) {
    __u32 at = t->at, words = blf_name_words(t->length), first = t->name;
    const struct blf_block* block = blf_block_at(image, root->name_first + (first + at) / 8);
    if (!block) {
        blf_transition_fail(t, BLF_REASON_BAD_IMAGE);
        return;
    }
    __u64 differ = 0;
#pragma GCC unroll 8
    for (__u32 i = 0; i < 8; i++) {
        if (at + i < words)
            differ |= block->word[(first + i) & 7] ^ name->word[(at + i) & (BLF_NAME_WORDS - 1)];
    }
    if (differ) {
        t->mode = BLF_MODE_PROBE;
        return;
    }
    t->at = at + 8;
    if (at + 8 >= words) blf_transition_end(t, t->to);
}

BLF_INLINE void blf_glob_end(struct blf_transition* t, BLF_IMAGE image, const struct blf_root* root,
                             const struct blf_glob* glob) {
    __u32 accept = blf_read16(image, glob->accept, t->cell);
    __u32 to = t->to;
    if (accept == BLF_NONE) {
        blf_transition_fail(t, BLF_REASON_BAD_IMAGE);
        return;
    }
    if (accept) {
        const struct blf_index* index =
            (const struct blf_index*)blf_block_at(image, BLF_BLOCK_INDEX);
        to = index ? blf_read32(image, index->target_first, glob->target + accept - 1) : BLF_NONE;
        if (to == BLF_NONE) {
            blf_transition_fail(t, BLF_REASON_BAD_IMAGE);
            return;
        }
    }
    (void)root;
    blf_transition_end(t, to);
}

BLF_INLINE void blf_step_glob(struct blf_transition* t, BLF_IMAGE image,
                              const struct blf_root* root, const struct blf_name* name) {
    const struct blf_index* index = (const struct blf_index*)blf_block_at(image, BLF_BLOCK_INDEX);
    const struct blf_glob* glob =
        index ? (const struct blf_glob*)blf_record32(image, index->glob_first, t->glob) : NULL;
    __u32 at = t->at;
    if (!glob) {
        blf_transition_fail(t, BLF_REASON_BAD_IMAGE);
        return;
    }
    if (at >= t->length) {
        blf_glob_end(t, image, root, glob);
        return;
    }
    __u32 byte = ((const __u8*)name->word)[at & (BLF_NAME_WORDS * 8 - 1)];
    __u32 byte_class = blf_read8(image, glob->class_of, byte);
    t->cell = blf_read16(image, glob->table, t->cell * glob->classes + byte_class);
    t->at = at + 1;
}

/* One step; nothing happens once DONE. */
BLF_INLINE void blf_transition_step(struct blf_transition* t, BLF_IMAGE image,
                                    const struct blf_root* root, const struct blf_name* name) {
    if (t->mode == BLF_MODE_HASH)
        blf_step_hash(t, name);
    else if (t->mode == BLF_MODE_PROBE)
        blf_step_probe(t, image, root);
    else if (t->mode == BLF_MODE_COMPARE)
        blf_step_compare(t, image, root, name);
    else if (t->mode == BLF_MODE_GLOB)
        blf_step_glob(t, image, root, name);
}

#endif
