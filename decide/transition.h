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
 *   HASH     one word of the name a step
 *   PROBE    one entry of the two buckets a step
 *   COMPARE  one block of the name in the image a step
 *   GLOB     one byte a step
 *   DONE     `state` is the next state, or `reason` says why there is none
 */
#ifndef BAILIFF_DECIDE_TRANSITION_H
#define BAILIFF_DECIDE_TRANSITION_H

#include "decide/name.h"

enum blf_mode { BLF_MODE_HASH, BLF_MODE_PROBE, BLF_MODE_COMPARE, BLF_MODE_GLOB, BLF_MODE_DONE };

struct blf_transition {
    __u32 mode;
    __u32 state;  /* from; when DONE the next one */
    __u32 length; /* of the name, 1 to BLF_NAME_MAX */
    __u32 reason; /* enum blf_reason, 0 while all is well */
    __u64 hash;
    __u32 entry; /* PROBE: 0..3 in the first bucket, 4..7 in the second */
    __u32 at;    /* HASH, COMPARE: word; GLOB: byte */
    __u32 to;    /* COMPARE: where the candidate leads */
    __u32 name;  /* COMPARE: the candidate's word in the names */
    __u32 cell;  /* GLOB: state over bytes */
    __u32 glob;  /* GLOB: number of the matcher */
};

BLF_INLINE void blf_transition_begin(struct blf_transition* t, __u32 length) {
    t->mode = BLF_VALUE(BLF_MODE_HASH);
    t->length = BLF_VALUE(length);
    t->hash = BLF_VALUE(blf_hash_begin(length));
    t->at = BLF_VALUE(0);
}

BLF_INLINE void blf_transition_fail(struct blf_transition* t, __u32 reason) {
    t->reason = BLF_VALUE(reason);
    t->mode = BLF_VALUE(BLF_MODE_DONE);
}

BLF_INLINE void blf_transition_end(struct blf_transition* t, __u32 state) {
    t->state = BLF_VALUE(state);
    t->mode = BLF_VALUE(BLF_MODE_DONE);
}

BLF_INLINE void blf_step_hash(struct blf_transition* t, const struct blf_name* name) {
    __u32 at = t->at;
    if (at < blf_name_words(t->length)) {
        t->hash = BLF_VALUE(blf_hash_word(t->hash, name->word[at & (BLF_NAME_WORDS - 1)]));
        t->at = BLF_VALUE(at + 1);
        return;
    }
    t->entry = BLF_VALUE(0);
    t->mode = BLF_VALUE(BLF_MODE_PROBE);
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
    t->glob = BLF_VALUE(state->glob);
    t->to = BLF_VALUE(state->default_to);
    t->cell = BLF_VALUE(0);
    t->at = BLF_VALUE(0);
    t->mode = BLF_VALUE(BLF_MODE_GLOB);
}

BLF_INLINE void blf_step_probe(struct blf_transition* t, BLF_IMAGE image,
                               const struct blf_root* root) {
    __u32 entry = t->entry;
    if (entry >= 8) {
        blf_step_miss(t, image, root);
        return;
    }
    __u64 mix = blf_bucket_mix(t->hash, t->state);
    __u32 bucket = blf_bucket(mix, entry / 4, root->bucket_count);
    const struct blf_edge* edge =
        (const struct blf_edge*)blf_record16(image, root->bucket_first + bucket, entry & 3);
    if (!edge) {
        blf_transition_fail(t, BLF_REASON_BAD_IMAGE);
        return;
    }
    t->entry = BLF_VALUE(entry + 1);
    if (edge->tag == blf_tag(t->hash) && edge->from == t->state && edge->to != BLF_DEAD) {
        t->to = BLF_VALUE(edge->to);
        t->name = BLF_VALUE(edge->name);
        t->at = BLF_VALUE(0);
        t->mode = BLF_VALUE(BLF_MODE_COMPARE);
    }
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
        t->mode = BLF_VALUE(BLF_MODE_PROBE);
        return;
    }
    t->at = BLF_VALUE(at + 8);
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
    t->cell = BLF_VALUE(blf_read16(image, glob->table, t->cell * glob->classes + byte_class));
    t->at = BLF_VALUE(at + 1);
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
