/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The seam between the decision and its data. Whoever includes decide/ first defines
 *
 *   BLF_IMAGE   a type: what names an image (a map in BPF, a span of blocks in userspace)
 *   static const struct blf_block *blf_block_at(BLF_IMAGE image, __u32 index)
 *               the block, or NULL when the image has no such block
 *
 * and may define BLF_KNOWS_DEFAULTS: 0 where no policy has a default.
 *
 * Everything read out of an image goes through here, with the index masked to the block, so that an
 * image of the wrong shape can give a wrong number but never a wrong address. A NULL block ends the
 * decision as undecidable (BAD_IMAGE), which denies where a rule could have applied.
 */
#ifndef BAILIFF_DECIDE_BLOCKS_H
#define BAILIFF_DECIDE_BLOCKS_H

#include "abi/image.h"

#ifndef BLF_KNOWS_DEFAULTS
#define BLF_KNOWS_DEFAULTS 1
#endif

#ifndef NULL
#define NULL ((void*)0)
#endif

/* Calls step(i, context) for i = 0, 1, … below `count`, until it returns 1. Through bpf_loop in
 * BPF: verifiers follow an ordinary loop iteration by iteration, and what comes before and after it
 * multiplies.
 *
 * BLF_VALUE(x) is x, and no verifier knows it. Constants that a step writes into its context must
 * be such values: 6.1 verifies a step once and would believe them for ever, leaving out the code
 * for all other values; 6.12 and later verify the step again for every combination of them, and
 * where two fields share a 64-bit word for every order of writing them. So must be what a branch
 * sets before a call of another function and a branch asks for after it: 6.1 can take the first of
 * its values for the only one (mark_all_scalars_precise() leaves out the state that it begins with)
 * and cut off the code for the others.
 *
 * BLF_OPAQUE(x) keeps compilers from dropping a mask that follows, which verifiers want to see.
 */
#ifdef __BPF__
#define BLF_LOOP(count, step, context) bpf_loop(count, step, context, 0)
#define BLF_VALUE(x) ((x) + blf_zero32)
#define BLF_VALUE64(x) ((x) + blf_zero64)
#define BLF_OPAQUE(x) barrier_var(x)
#else
#define BLF_LOOP(count, step, context)                     \
    do {                                                   \
        for (__u32 loop_i = 0; loop_i < (count); loop_i++) \
            if (step(loop_i, context)) break;              \
    } while (0)
#define BLF_VALUE(x) (x)
#define BLF_VALUE64(x) ((__u64)(x))
#define BLF_OPAQUE(x)
#endif

/* The element of a section of 16-byte records that begins at block `first`. */
BLF_INLINE const void* blf_record16(BLF_IMAGE image, __u32 first, __u32 index) {
    const struct blf_block* block = blf_block_at(image, first + index / 4);
    return block ? &block->word[(index & 3) * 2] : NULL;
}

BLF_INLINE const void* blf_record32(BLF_IMAGE image, __u32 first, __u32 index) {
    const struct blf_block* block = blf_block_at(image, first + index / 2);
    return block ? &block->word[(index & 1) * 4] : NULL;
}

BLF_INLINE const void* blf_record8(BLF_IMAGE image, __u32 first, __u32 index) {
    const struct blf_block* block = blf_block_at(image, first + index / 8);
    return block ? &block->word[index & 7] : NULL;
}

/* The element, or BLF_NONE where there is no such block. */
BLF_INLINE __u32 blf_read32(BLF_IMAGE image, __u32 first, __u32 index) {
    const struct blf_block* block = blf_block_at(image, first + index / 16);
    return block ? ((const __u32*)block)[index & 15] : BLF_NONE;
}

BLF_INLINE __u32 blf_read16(BLF_IMAGE image, __u32 first, __u32 index) {
    const struct blf_block* block = blf_block_at(image, first + index / 32);
    return block ? ((const __u16*)block)[index & 31] : BLF_NONE;
}

BLF_INLINE __u32 blf_read8(BLF_IMAGE image, __u32 first, __u32 index) {
    const struct blf_block* block = blf_block_at(image, first + index / 64);
    return block ? ((const __u8*)block)[index & 63] : BLF_NONE;
}

#endif
