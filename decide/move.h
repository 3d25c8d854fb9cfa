/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * May a file that is called `from` be called `to`? A rename or a link may never gain access, nor
 * put something in the place of what is protected: the subject must be denied the same operations
 * under both names. Refused by the first clause that denies under one of them an operation which is
 * allowed under the other; the same apart from that for auditing clauses.
 *
 * What a policy's default denies under the old name and not under the new one is gained as well.
 * The other way round is no matter: putting something in the place of a file takes an allow for
 * that.
 *
 * A directory takes along all that lies in it. Where it would arrive in the same states nothing
 * below changes its rules; in others it is refused when any clause of the subject reaches into it
 * or into its new place, or any allow into its new place where the policy has a default.
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
    __u32 opening[2]; /* of what `allow` follows, and of all that is below that */
    __u32 allows;     /* of every clause that allows, and of every default */
    __u32 defaults;
    __u32 policy; /* whose allows were the last ones */
    __u32 word;   /* the next one, of all blocks */
    __u32 clause; /* the first one with an operation that is `wanted`, or BLF_NONE */
    __u32 broken;
    __u64 bits;       /* of the word before that are not done yet */
    __u64 wanted;     /* operations, as the first word of struct blf_clause has them */
    __u64 operations; /* that all clauses together deny */
    __u64 allowed;    /* by that policy */
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
 *   bit 3                0: those that deny; 1: those that allow, and the defaults
 *
 * Bits 2 and 3 are the part of the clauses that is looked through.
 */
#define BLF_MOVE_PARTS 4
#define BLF_MOVE_PHASES (4 * BLF_MOVE_PARTS)

struct blf_move {
    struct blf_side side[2];
    struct blf_gain gain[BLF_MOVE_PARTS];
    __u32 first[BLF_MOVE_PARTS]; /* blocks of a vector */
    __u32 end[BLF_MOVE_PARTS];
    __u32 phase;
    __u32 directory; /* given: it is one */
    __u32 unknown;   /* not 0: a name, or who asks, could not be told */
    __u32 pad;
};

/* Words with clauses, one step each, and as many steps as there can be clauses, four times; and the
 * ends of phases. */
#define BLF_MOVE_STEPS (4 * (BLF_BITS_MAX + BLF_BITS_MAX / 64) + 2 * BLF_MOVE_PHASES)

BLF_INLINE __u32 blf_below_vector(BLF_IMAGE image, const struct blf_index* index, __u32 state) {
    if (state >= index->filter_count) return 0;
    return blf_read32(image, index->below_first, state);
}

/* What lies below a directory may be called anything: whatever some allow reaches under its new
 * name, and nothing under the old one. */
BLF_INLINE __u32 blf_side_open(struct blf_side* side, BLF_IMAGE image, const struct blf_root* root,
                               const struct blf_index* index, const struct blf_request* r,
                               __u32 directory, __u32 to) {
    const struct blf_defaults* table =
        (const struct blf_defaults*)blf_block_at(image, BLF_BLOCK_DEFAULTS);
    __u32 base = root->vector_first, blocks = root->vector_blocks, state = r->opening[0];
    __u32 here = 0, below = 0;
    if (!table) return BLF_NONE;
    if (!r->object_reason && (to || !directory)) here = blf_path_vector(image, root, state);
    if (!r->object_reason && to && directory) below = blf_below_vector(image, index, state);
    side->opening[0] = base + here * blocks;
    side->opening[1] = base + below * blocks;
    side->allows = base + table->allow_vector * blocks;
    side->defaults = base + table->default_vector * blocks;
    return here | below;
}

BLF_INLINE void blf_side_look_up(struct blf_side* side, BLF_IMAGE image,
                                 const struct blf_root* root, const struct blf_index* index,
                                 const struct blf_request* r, __u32 directory, __u32 to) {
    struct blf_vectors v;
    __u32 base = root->vector_first, blocks = root->vector_blocks;
    __u32 below[2] = {0, 0};
    blf_look_up(&v, image, root, index, r);
    if (directory && !r->object_reason) {
        below[0] = blf_below_vector(image, index, r->object[BLF_VISIBLE]);
        below[1] = blf_below_vector(image, index, r->object[BLF_CANONICAL]);
    }
    __u32 opening = blf_side_open(side, image, root, index, r, directory, to);
    side->broken = (blf_all_vectors(&v) | below[0] | below[1] | opening) >= BLF_BLOCKS_MAX;
    for (__u32 i = 0; i < BLF_FILE_NAMES; i++) side->object[i] = base + v.object[i] * blocks;
    for (__u32 i = 0; i < 2; i++) side->below[i] = base + below[i] * blocks;
}

BLF_INLINE void blf_side_begin(struct blf_side* side, __u32 first_block, __u64 wanted) {
    side->word = first_block * 8;
    side->bits = 0;
    side->wanted = wanted;
    side->operations = 0;
    side->clause = BLF_NONE;
    side->policy = BLF_NONE;
    side->allowed = 0;
}

/* The word of a vector, or 0 with `broken`. */
BLF_INLINE __u64 blf_side_word(struct blf_side* side, BLF_IMAGE image, __u32 vector, __u32 word) {
    const struct blf_block* block = blf_block_at(image, vector + word / 8);
    if (block) return block->word[word & 7];
    side->broken = 1;
    return 0;
}

BLF_INLINE __u64 blf_side_next(struct blf_side* side, BLF_IMAGE image, const struct blf_who* who,
                               __u32 word, __u32 defaults) {
    __u64 object = 0;
    if (defaults) {
        for (__u32 i = 0; i < 2; i++) object |= blf_side_word(side, image, side->opening[i], word);
        object &= blf_side_word(side, image, side->allows, word);
        object |= blf_side_word(side, image, side->defaults, word);
    } else {
        for (__u32 i = 0; i < BLF_FILE_NAMES; i++)
            object |= blf_side_word(side, image, side->object[i], word);
        for (__u32 i = 0; i < 2; i++) object |= blf_side_word(side, image, side->below[i], word);
    }
    return object & who->word[word & (BLF_WHO_WORDS - 1)];
}

/* What the clause denies: what it is about; or of what a default closes, what the clauses of the
 * same policy before it do not allow. */
BLF_INLINE __u64 blf_side_denied(struct blf_side* side, const struct blf_clause* clause,
                                 __u32 defaults) {
    __u64 operations = clause->operations[0], allowed = side->allowed;
    if (!defaults) return operations;
    if (side->policy != clause->policy) allowed = 0;
    side->policy = clause->policy;
    side->allowed = allowed | operations;
    return clause->error ? operations & ~allowed : 0;
}

/* One step; 1 when there are no more. `last`: the block behind the last one. */
BLF_INLINE __u32 blf_side_step(struct blf_side* side, BLF_IMAGE image, const struct blf_who* who,
                               __u32 clause_first, __u32 last, __u32 defaults) {
    __u32 word = side->word;
    __u64 bits = side->bits;
    if (side->broken || side->clause != BLF_NONE) return 1;
    if (!bits) {
        if (word >= last * 8) return 1;
        side->bits = blf_side_next(side, image, who, word, defaults);
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
    __u64 denied = blf_side_denied(side, clause, defaults);
    side->operations |= denied;
    if (denied & side->wanted) side->clause = number;
    return 0;
}

/* The operations that one name denies and the other does not. What cannot be told has every clause:
 * that both names have them says nothing, one of them may be denied what the other is not. */
BLF_INLINE __u64 blf_gained(const struct blf_move* move, __u32 defaults) {
    __u64 from = move->side[BLF_FROM].operations, to = move->side[BLF_TO].operations;
    if (defaults) return from & ~to;
    return move->directory || move->unknown ? from | to : from ^ to;
}

/* An index that verifiers see to be 0 or 1. */
BLF_INLINE __u32 blf_bit_of(__u32 phase, __u32 bit) {
    __u32 index = phase >> bit;
    BLF_OPAQUE(index);
    return index & 1;
}

BLF_INLINE __u32 blf_part_of(__u32 phase) {
    __u32 part = phase >> 2;
    BLF_OPAQUE(part);
    return part & (BLF_MOVE_PARTS - 1);
}

/* The side of this phase is looked through: keeps what was found, and begins the next phase. */
BLF_INLINE void blf_move_turn(struct blf_move* move) {
    __u32 phase = move->phase;
    const struct blf_side* side = &move->side[blf_bit_of(phase, 0)];
    struct blf_gain* gain = &move->gain[blf_part_of(phase)];
    if (!(phase & 2)) {
        if (phase & 1) gain->operations = blf_gained(move, phase & 8);
        if ((phase & 1) && !gain->operations) phase |= 3;
    } else if (side->clause != BLF_NONE) {
        gain->clause = side->clause;
        gain->side = phase & 1;
        phase |= 3;
    }
    phase++;
    move->phase = phase;
    blf_side_begin(&move->side[blf_bit_of(phase, 0)], move->first[blf_part_of(phase)],
                   phase & 2 ? gain->operations : 0);
}

struct blf_move_search {
    BLF_IMAGE image;
    struct blf_move* move;
    const struct blf_who* who;
    __u32 clause_first;
    __u32 pad;
};

static long blf_move_step(__u32 i, struct blf_move_search* search) {
    struct blf_move* move = search->move;
    __u32 phase = move->phase;
    (void)i;
    if (phase >= BLF_MOVE_PHASES) return 1;
    if (blf_side_step(&move->side[blf_bit_of(phase, 0)], search->image, search->who,
                      search->clause_first, move->end[blf_part_of(phase)], phase & 8))
        blf_move_turn(move);
    return 0;
}

/* The parts of the clauses, by their blocks in a vector. Returns 0 when the image lacks a block. */
BLF_INLINE __u32 blf_move_parts(struct blf_move* move, BLF_IMAGE image, const struct blf_root* root,
                                __u32 closed) {
    const struct blf_defaults* table =
        (const struct blf_defaults*)blf_block_at(image, BLF_BLOCK_DEFAULTS);
    __u32 enforce = root->enforce_blocks, all = root->vector_blocks;
    if (!table) return 0;
    move->first[0] = 0;
    move->end[0] = table->first[0];
    move->first[1] = enforce;
    move->end[1] = table->first[1];
    move->first[2] = table->first[0];
    move->end[2] = closed ? enforce : table->first[0];
    move->first[3] = table->first[1];
    move->end[3] = closed ? all : table->first[1];
    return 1;
}

BLF_INLINE void blf_move_walk(struct blf_move* move, BLF_IMAGE image, const struct blf_index* index,
                              const struct blf_who* who) {
    struct blf_move_search search = {
        .image = image,
        .move = move,
        .who = who,
        .clause_first = index->clause_first,
        .pad = 0,
    };
    for (__u32 i = 0; i < BLF_MOVE_PARTS; i++) {
        move->gain[i].operations = 0;
        move->gain[i].clause = BLF_NONE;
    }
    move->phase = 0;
    blf_side_begin(&move->side[BLF_FROM], 0, 0);
    BLF_LOOP(BLF_MOVE_STEPS, blf_move_step, &search);
}

/* Clauses that deny stand before defaults. */
BLF_INLINE void blf_give_gains(struct blf_verdict* verdict, const struct blf_move* move) {
    verdict->clause = move->gain[0].clause;
    if (verdict->clause == BLF_NONE) verdict->clause = move->gain[2].clause;
    verdict->audit_clause = move->gain[1].clause;
    if (verdict->audit_clause == BLF_NONE) verdict->audit_clause = move->gain[3].clause;
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
    blf_side_look_up(&move->side[BLF_FROM], image, root, index, from, move->directory, 0);
    blf_side_look_up(&move->side[BLF_TO], image, root, index, to, move->directory, 1);
    move->side[BLF_TO].object[BLF_TAGGED] = root->vector_first;
    move->unknown = from->object_reason | to->object_reason | who->reason;
    const __u32 closed = root->closed & (BLF_CLOSED_PATHS | BLF_CLOSED_OTHERS);
    if (!blf_move_parts(move, image, root, BLF_KNOWS_DEFAULTS && closed)) {
        blf_verdict_broken(verdict);
        return;
    }
    blf_move_walk(move, image, index, who);
    if (move->side[BLF_FROM].broken || move->side[BLF_TO].broken || move->phase < BLF_MOVE_PHASES) {
        blf_verdict_broken(verdict);
        return;
    }
    blf_give_gains(verdict, move);
    blf_give_reason(verdict, image, index, from->object_reason ? from : to, who);
}

#endif
