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
 * Both requests are about one file. Whether it may be renamed at all is another
 * request, put before (abi/asks.def).
 */
#ifndef BAILIFF_DECIDE_MOVE_H
#define BAILIFF_DECIDE_MOVE_H

#include "decide/verdict.h"

enum { BLF_FROM, BLF_TO };

/* The clauses of one name, looked through word by word, clause by clause. */
struct blf_side {
    __u32 object[BLF_FILE_NAMES]; /* blocks of the vectors */
    __u32 below[2];
    __u32 word;   /* the next one, of all blocks */
    __u32 clause; /* the first one with an operation that is `wanted`, or BLF_NONE */
    __u32 broken;
    __u64 bits;       /* of the word before that are not done yet */
    __u64 wanted;     /* operations, as the first word of struct blf_clause has them */
    __u64 operations; /* of all clauses together */
};

/* What the move would gain. */
struct blf_gain {
    __u64 operations; /* that are denied on one side only, or at all */
    __u32 clause;     /* the first one that denies one of them, or BLF_NONE */
    __u32 side;       /* BLF_FROM or BLF_TO: whose it is */
};

/* A machine of small steps, as in decide/transition.h. In BPF it lies in a map's memory.
 *
 *   bit 0 of the phase   the side that is looked through
 *   bit 1                0: for all its operations; 1: for the first clause with what is gained
 *   bit 2                0: its enforcing clauses; 1: its auditing ones
 */
struct blf_move {
    struct blf_side side[2];
    struct blf_gain gain[2]; /* by enforcing clauses; by auditing ones */
    __u32 phase;
    __u32 directory; /* given: it is one */
    __u32 unknown;   /* not 0: a name, or who asks, could not be told */
    __u32 pad;
};

#define BLF_MOVE_PHASES 8

/* Words with clauses, one step each, and as many steps as there can be clauses, in four phases for
 * each; and the ends of phases. */
#define BLF_MOVE_STEPS (4 * (BLF_BITS_MAX + BLF_BITS_MAX / 64) + 2 * BLF_MOVE_PHASES)

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
    for (__u32 i = 0; i < BLF_FILE_NAMES; i++) side->object[i] = base + v.object[i] * blocks;
    for (__u32 i = 0; i < 2; i++) side->below[i] = base + below[i] * blocks;
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

BLF_INLINE __u64 blf_side_next(struct blf_side* side, BLF_IMAGE image, const struct blf_who* who,
                               __u32 word) {
    __u64 object = 0;
    for (__u32 i = 0; i < BLF_FILE_NAMES; i++)
        object |= blf_side_word(side, image, side->object[i], word);
    for (__u32 i = 0; i < 2; i++) object |= blf_side_word(side, image, side->below[i], word);
    return object & who->word[word & (BLF_WHO_WORDS - 1)];
}

/* One step; 1 when there are no more. `last`: the block behind the last one. */
BLF_INLINE __u32 blf_side_step(struct blf_side* side, BLF_IMAGE image, const struct blf_who* who,
                               __u32 clause_first, __u32 last) {
    __u32 word = side->word;
    __u64 bits = side->bits;
    if (side->broken || side->clause != BLF_NONE) return 1;
    if (!bits) {
        if (word >= last * 8) return 1;
        side->bits = blf_side_next(side, image, who, word);
        side->word = word + 1;
        return 0;
    }
    __u32 number = (word - 1) * 64 + blf_lowest_bit(bits);
    const struct blf_clause* clause =
        (const struct blf_clause*)blf_record32(image, clause_first, number);
    side->bits = bits & (bits - 1);
    if (!clause) {
        side->broken = 1;
        return 1;
    }
    side->operations |= clause->operations[0];
    if (clause->operations[0] & side->wanted) side->clause = number;
    return 0;
}

/* The operations that one name denies and the other does not. What cannot be told has every clause:
 * that both names have them says nothing, one of them may be denied what the other is not. */
BLF_INLINE __u64 blf_gained(const struct blf_move* move) {
    __u64 from = move->side[BLF_FROM].operations, to = move->side[BLF_TO].operations;
    return move->directory || move->unknown ? from | to : from ^ to;
}

/* An index that verifiers see to be 0 or 1. */
BLF_INLINE __u32 blf_bit_of(__u32 phase, __u32 bit) {
    __u32 index = phase >> bit;
    BLF_OPAQUE(index);
    return index & 1;
}

/* The side of this phase is looked through: keeps what was found, and begins the next phase. */
BLF_INLINE void blf_move_turn(struct blf_move* move, __u32 enforce_blocks) {
    __u32 phase = move->phase;
    const struct blf_side* side = &move->side[blf_bit_of(phase, 0)];
    struct blf_gain* gain = &move->gain[blf_bit_of(phase, 2)];
    if (!(phase & 2)) {
        if (phase & 1) gain->operations = blf_gained(move);
        if ((phase & 1) && !gain->operations) phase |= 3;
    } else if (side->clause != BLF_NONE) {
        gain->clause = side->clause;
        gain->side = phase & 1;
        phase |= 3;
    }
    phase++;
    move->phase = phase;
    blf_side_begin(&move->side[blf_bit_of(phase, 0)], phase & 4 ? enforce_blocks : 0,
                   phase & 2 ? gain->operations : 0);
}

struct blf_move_search {
    BLF_IMAGE image;
    struct blf_move* move;
    const struct blf_who* who;
    __u32 clause_first;
    __u32 enforce_blocks;
    __u32 blocks;
};

static long blf_move_step(__u32 i, struct blf_move_search* search) {
    struct blf_move* move = search->move;
    __u32 phase = move->phase;
    (void)i;
    if (phase >= BLF_MOVE_PHASES) return 1;
    if (blf_side_step(&move->side[blf_bit_of(phase, 0)], search->image, search->who,
                      search->clause_first, phase & 4 ? search->blocks : search->enforce_blocks))
        blf_move_turn(move, search->enforce_blocks);
    return 0;
}

BLF_INLINE void blf_move_walk(struct blf_move* move, BLF_IMAGE image, const struct blf_root* root,
                              const struct blf_index* index, const struct blf_who* who) {
    struct blf_move_search search = {
        .image = image,
        .move = move,
        .who = who,
        .clause_first = index->clause_first,
        .enforce_blocks = root->enforce_blocks,
        .blocks = root->vector_blocks,
    };
    for (__u32 i = 0; i < 2; i++) {
        move->gain[i].operations = 0;
        move->gain[i].clause = BLF_NONE;
    }
    move->phase = 0;
    blf_side_begin(&move->side[BLF_FROM], 0, 0);
    BLF_LOOP(BLF_MOVE_STEPS, blf_move_step, &search);
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
                                const struct blf_request* to, const struct blf_who* who) {
    const struct blf_index* index = (const struct blf_index*)blf_block_at(image, BLF_BLOCK_INDEX);
    blf_verdict_begin(verdict);
    if (!index || who->reason == BLF_REASON_BAD_IMAGE) {
        blf_verdict_broken(verdict);
        return;
    }
    if (blf_moves_nowhere(from, to)) return;
    blf_side_look_up(&move->side[BLF_FROM], image, root, index, from, move->directory);
    blf_side_look_up(&move->side[BLF_TO], image, root, index, to, move->directory);
    move->side[BLF_TO].object[BLF_TAGGED] = root->vector_first;
    move->unknown = from->object_reason | to->object_reason | who->reason;
    blf_move_walk(move, image, root, index, who);
    if (move->side[BLF_FROM].broken || move->side[BLF_TO].broken || move->phase < BLF_MOVE_PHASES) {
        blf_verdict_broken(verdict);
        return;
    }
    verdict->clause = move->gain[0].clause;
    verdict->audit_clause = move->gain[1].clause;
    blf_give_reason(verdict, image, index, from->object_reason ? from : to, who);
}

#endif
