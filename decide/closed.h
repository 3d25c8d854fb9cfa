/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What the defaults of policies deny: an operation that a default closes, and that no rule of the
 * same policy allows for this object.
 *
 *   denied = default & who & need & ~(some allow of the policy & its details & need & name)
 *
 * for each operation that the request needs (abi/asks.def). An allow follows the name: of an
 * object's names only those in `opening` count. What an object or a detail could not be told
 * allows nothing, and who could not be told is governed: it denies.
 *
 * In the vectors a policy's allows come right before its default (abi/image.h). So one addition
 * answers for all policies of a word: with `all` a one for each allow,
 *
 *   sum = (matched & all) + all
 *
 * overflows out of a policy's allows into its default's bit when one of them matched, and else
 * does not; the bit is 0 in both, so nothing gets further.
 */
#ifndef BAILIFF_DECIDE_CLOSED_H
#define BAILIFF_DECIDE_CLOSED_H

#include "decide/request.h"

struct blf_closed_search {
    BLF_IMAGE image;
    const struct blf_who* who;
    /* blocks of vectors */
    __u32 need[BLF_NEEDS_MAX];
    __u32 opening[2];
    __u32 allows;
    __u32 defaults;
    __u32 last;
    __u32 pad;
    /* as wide as verifiers keep track of them */
    __u64 next; /* block to look at */
    __u64 broken;
    __u64 clause; /* what was found, or BLF_NONE */
    __u64 carry[BLF_NEEDS_MAX];
};

/* Of one word, the defaults that deny for one need. */
BLF_INLINE __u64 blf_closed_word(__u64 matched, __u64 allows, __u64 defaults, __u64* carry) {
    __u64 opens = matched & allows;
    __u64 sum = opens + allows + *carry;
    *carry = (opens | (allows & ~sum)) >> 63;
    return matched & defaults & ~sum;
}

static long blf_closed_step(__u32 i, struct blf_closed_search* search) {
    __u32 b = (__u32)search->next;
    (void)i;
    if (b >= search->last) return 1;
    const struct blf_block* need = blf_block_at(search->image, search->need[0] + b);
    const struct blf_block* also = blf_block_at(search->image, search->need[1] + b);
    const struct blf_block* one = blf_block_at(search->image, search->opening[0] + b);
    const struct blf_block* other = blf_block_at(search->image, search->opening[1] + b);
    const struct blf_block* allows = blf_block_at(search->image, search->allows + b);
    const struct blf_block* defaults = blf_block_at(search->image, search->defaults + b);
    const __u64* who = &search->who->word[(b & (BLF_WHO_WORDS / 8 - 1)) * 8];
    if (!need || !also || !one || !other || !allows || !defaults) {
        search->broken = BLF_VALUE64(1);
        return 1;
    }
    __u64 carry = search->carry[0], also_carry = search->carry[1];
#pragma GCC unroll 8
    for (__u32 w = 0; w < 8; w++) {
        __u64 open = allows->word[w], closed = defaults->word[w];
        __u64 matched = who[w] & (closed | (open & (one->word[w] | other->word[w])));
        __u64 denied = blf_closed_word(matched & need->word[w], open, closed, &carry) |
                       blf_closed_word(matched & also->word[w], open, closed, &also_carry);
        if (denied) {
            search->clause = BLF_VALUE64(b * 512 + w * 64 + blf_lowest_bit(denied));
            search->next = BLF_VALUE64(search->last);
            return 1;
        }
    }
    search->carry[0] = carry;
    search->carry[1] = also_carry;
    search->next = BLF_VALUE64(b + 1);
    return 0;
}

/* The vectors that say what a request needs, and what opens it. Returns 0 when one of them was not
 * there. */
BLF_INLINE __u32 blf_closed_begin(struct blf_closed_search* search, BLF_IMAGE image,
                                  const struct blf_root* root, const struct blf_defaults* table,
                                  const struct blf_request* request) {
    __u32 first = root->vector_first, blocks = root->vector_blocks;
    const struct blf_needs* needs =
        (const struct blf_needs*)blf_record8(image, table->need_first, request->ask);
    __u32 one = request->object_reason ? 0 : blf_path_vector(image, root, request->opening[0]);
    __u32 other = blf_path_vector(image, root, request->opening[1]);
    if (!needs || (one | other | needs->vector[0] | needs->vector[1]) >= BLF_BLOCKS_MAX) return 0;
    search->need[0] = first + needs->vector[0] * blocks;
    search->need[1] = first + needs->vector[1] * blocks;
    search->opening[0] = first + one * blocks;
    search->opening[1] = first + other * blocks;
    search->allows = first + table->allow_vector * blocks;
    search->defaults = first + table->default_vector * blocks;
    return 1;
}

/* The first default that denies, of those in blocks [from, to) of a vector. Returns 0 when the
 * image lacks a block. */
BLF_INLINE __u32 blf_closed_find(struct blf_closed_search* search, __u32 from, __u32 to,
                                 __u32* clause) {
    search->next = BLF_VALUE64(from);
    search->last = to;
    search->broken = BLF_VALUE64(0);
    search->clause = BLF_VALUE64(BLF_NONE);
    search->carry[0] = BLF_VALUE64(0);
    search->carry[1] = BLF_VALUE64(0);
    BLF_LOOP(BLF_BITS_MAX / 512 + 1, blf_closed_step, search);
    *clause = (__u32)search->clause;
    return !search->broken && search->next >= search->last;
}

/* Into a verdict that has the clauses which deny: those stand before defaults. Returns 0 when the
 * image lacks something. */
BLF_INLINE __u32 blf_ask_defaults(struct blf_verdict* verdict, BLF_IMAGE image,
                                  const struct blf_root* root, const struct blf_request* request,
                                  const struct blf_who* who) {
    const struct blf_defaults* table =
        (const struct blf_defaults*)blf_block_at(image, BLF_BLOCK_DEFAULTS);
    struct blf_closed_search search = {
        .image = image,
        .who = who,
        .need = {0, 0},
        .opening = {0, 0},
        .allows = 0,
        .defaults = 0,
        .last = 0,
        .pad = 0,
        .next = BLF_VALUE64(0),
        .broken = BLF_VALUE64(0),
        .clause = BLF_VALUE64(BLF_NONE),
        .carry = {BLF_VALUE64(0), BLF_VALUE64(0)},
    };
    if (!table || !blf_closed_begin(&search, image, root, table, request)) return 0;
    if (verdict->clause == BLF_NONE &&
        !blf_closed_find(&search, table->first[0], root->enforce_blocks, &verdict->clause))
        return 0;
    return verdict->audit_clause != BLF_NONE ||
           blf_closed_find(&search, table->first[1], root->vector_blocks, &verdict->audit_clause);
}

#endif
