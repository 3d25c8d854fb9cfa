/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * May a file that is called `from` be called `to`? A rename or a link may never gain access, nor
 * put something in the place of what is protected: the subject must be denied the same operations
 * under both names. Refused by the first clause that denies under one of them an operation which is
 * allowed under the other; the same apart from that for auditing clauses.
 *
 * A directory takes along all that lies in it. Where it would arrive in the same states nothing
 * below changes its rules; in others it is refused when any clause of the subject reaches into it
 * or into its new place.
 *
 * Both requests are about one file and one subject. Whether it may be renamed at all is another
 * request, put before (abi/asks.def).
 */
#ifndef BAILIFF_DECIDE_MOVE_H
#define BAILIFF_DECIDE_MOVE_H

#include "decide/verdict.h"

/* The clauses of one side: of `from`, or of `to`. A machine of small steps, as in
 * decide/transition.h, each of them one word of the vectors or one clause. In BPF it lies in a
 * map's memory. */
struct blf_side {
    __u32 object[BLF_OBJECT_NAMES]; /* blocks of the vectors */
    __u32 below[2];
    __u32 subject[BLF_SUBJECT_NAMES];
    __u32 uid;
    __u32 word;       /* the next one, of all blocks */
    __u32 clause;     /* the first one with an operation that is `wanted`, or BLF_NONE */
    __u64 bits;       /* of the word before that are not done yet */
    __u64 wanted;     /* operations */
    __u64 operations; /* of all clauses together */
    __u32 broken;
    __u32 pad;
};

struct blf_move {
    struct blf_side from, to;
    __u64 gained;    /* operations that are denied on one side only, or at all */
    __u32 directory; /* it is one */
    __u32 unknown;   /* not 0: a name, or who asks, could not be told */
};

/* Words with clauses, one step each, and as many steps as there can be clauses. */
#define BLF_SIDE_STEPS (BLF_BITS_MAX + BLF_BITS_MAX / 64)

BLF_INLINE __u32 blf_below_vector(BLF_IMAGE image, const struct blf_index* index, __u32 state) {
    if (state >= index->filter_count) return 0;
    return blf_read32(image, index->below_first, state);
}

BLF_INLINE void blf_side_look_up(struct blf_side* side, BLF_IMAGE image,
                                 const struct blf_root* root, const struct blf_index* index,
                                 const struct blf_request* r, __u32 directory) {
    struct blf_vectors v;
    __u32 base = root->vector_first, blocks = root->vector_blocks;
    __u32 below[2] = {0, 0};
    blf_look_up(&v, image, root, index, r);
    if (directory && !r->object_reason) {
        below[0] = blf_below_vector(image, index, r->object[BLF_VISIBLE]);
        below[1] = blf_below_vector(image, index, r->object[BLF_CANONICAL]);
    }
    side->broken = (blf_all_vectors(&v) | below[0] | below[1]) >= BLF_BLOCKS_MAX;
    for (__u32 i = 0; i < BLF_OBJECT_NAMES; i++) side->object[i] = base + v.object[i] * blocks;
    for (__u32 i = 0; i < 2; i++) side->below[i] = base + below[i] * blocks;
    for (__u32 i = 0; i < BLF_SUBJECT_NAMES; i++) side->subject[i] = base + v.subject[i] * blocks;
    side->uid = base + v.uid * blocks;
}

BLF_INLINE void blf_side_begin(struct blf_side* side, __u32 first_block, __u64 wanted) {
    side->word = first_block * 8;
    side->bits = 0;
    side->wanted = wanted;
    side->operations = 0;
    side->clause = BLF_NONE;
}

/* The word of a vector, or 0 with `broken`. */
BLF_INLINE __u64 blf_side_word(struct blf_side* side, BLF_IMAGE image, __u32 vector, __u32 word) {
    const struct blf_block* block = blf_block_at(image, vector + word / 8);
    if (block) return block->word[word & 7];
    side->broken = 1;
    return 0;
}

BLF_INLINE __u64 blf_side_next(struct blf_side* side, BLF_IMAGE image, __u32 word) {
    __u64 object = 0, subject = 0;
    for (__u32 i = 0; i < BLF_OBJECT_NAMES; i++)
        object |= blf_side_word(side, image, side->object[i], word);
    for (__u32 i = 0; i < 2; i++) object |= blf_side_word(side, image, side->below[i], word);
    for (__u32 i = 0; i < BLF_SUBJECT_NAMES; i++)
        subject |= blf_side_word(side, image, side->subject[i], word);
    return object & subject & blf_side_word(side, image, side->uid, word);
}

/* One step; 1 when there are no more. `last`: the block behind the last one. */
BLF_INLINE __u32 blf_side_step(struct blf_side* side, BLF_IMAGE image, __u32 clause_first,
                               __u32 last) {
    __u32 word = side->word;
    __u64 bits = side->bits;
    if (side->broken || side->clause != BLF_NONE) return 1;
    if (!bits) {
        if (word >= last * 8) return 1;
        side->bits = blf_side_next(side, image, word);
        side->word = word + 1;
        return 0;
    }
    __u32 number = (word - 1) * 64 + blf_lowest_bit(bits);
    const struct blf_clause* clause =
        (const struct blf_clause*)blf_record16(image, clause_first, number);
    side->bits = bits & (bits - 1);
    if (!clause) {
        side->broken = 1;
        return 1;
    }
    side->operations |= clause->operations;
    if (clause->operations & side->wanted) side->clause = number;
    return 0;
}

struct blf_side_search {
    BLF_IMAGE image;
    struct blf_side* side;
    __u32 clause_first;
    __u32 last;
};

static long blf_side_walk_step(__u32 i, struct blf_side_search* walk) {
    (void)i;
    return blf_side_step(walk->side, walk->image, walk->clause_first, walk->last);
}

BLF_INLINE void blf_side_walk(struct blf_side* side, BLF_IMAGE image, __u32 clause_first,
                              __u32 first, __u32 last, __u64 wanted) {
    struct blf_side_search walk = {
        .image = image, .side = side, .clause_first = clause_first, .last = last};
    blf_side_begin(side, first, wanted);
    BLF_LOOP(BLF_SIDE_STEPS, blf_side_walk_step, &walk);
}

/* The operations that one name denies and the other does not. What cannot be told has every clause:
 * that both names have them says nothing, one of them may be denied what the other is not. */
BLF_INLINE __u64 blf_gained(const struct blf_move* move) {
    __u64 from = move->from.operations, to = move->to.operations;
    return move->directory || move->unknown ? from | to : from ^ to;
}

/* The first clause of the range of blocks that forbids the move, or BLF_NONE. */
BLF_INLINE __u32 blf_move_clause(struct blf_move* move, BLF_IMAGE image, __u32 clause_first,
                                 __u32 first, __u32 last) {
    blf_side_walk(&move->from, image, clause_first, first, last, 0);
    blf_side_walk(&move->to, image, clause_first, first, last, 0);
    move->gained = blf_gained(move);
    if (!move->gained) return BLF_NONE;
    blf_side_walk(&move->from, image, clause_first, first, last, move->gained);
    if (move->from.clause != BLF_NONE) return move->from.clause;
    blf_side_walk(&move->to, image, clause_first, first, last, move->gained);
    return move->to.clause;
}

/* The same states, so the same rules there and below. */
BLF_INLINE __u32 blf_moves_nowhere(const struct blf_request* from, const struct blf_request* to) {
    return from->object[BLF_VISIBLE] == to->object[BLF_VISIBLE] &&
           from->object[BLF_CANONICAL] == to->object[BLF_CANONICAL] && !from->object_reason &&
           !to->object_reason && !from->object[BLF_TAGGED];
}

/* `move->directory` is given. A tag goes with the file for no longer than the image lasts: it
 * counts under the name that the file has, not under the one it would get. */
BLF_INLINE void blf_decide_move(struct blf_verdict* verdict, struct blf_move* move, BLF_IMAGE image,
                                const struct blf_root* root, const struct blf_request* from,
                                const struct blf_request* to) {
    const struct blf_index* index = (const struct blf_index*)blf_block_at(image, BLF_BLOCK_INDEX);
    blf_verdict_begin(verdict);
    if (!index) {
        blf_verdict_broken(verdict);
        return;
    }
    if (blf_moves_nowhere(from, to)) return;
    blf_side_look_up(&move->from, image, root, index, from, move->directory);
    blf_side_look_up(&move->to, image, root, index, to, move->directory);
    move->to.object[BLF_TAGGED] = root->vector_first;
    move->unknown =
        from->object_reason | to->object_reason | from->subject_reason | from->uid_reason;
    __u32 clauses = index->clause_first;
    verdict->clause = blf_move_clause(move, image, clauses, 0, root->enforce_blocks);
    verdict->audit_clause =
        blf_move_clause(move, image, clauses, root->enforce_blocks, root->vector_blocks);
    if (move->from.broken || move->to.broken) {
        blf_verdict_broken(verdict);
        return;
    }
    blf_give_reason(verdict, image, index, from->object_reason ? from : to);
}

#endif
