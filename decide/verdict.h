/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The decision: a pure function of an image and a request.
 *
 *   verdict = first bit of  operation & object & who
 *
 * where the object has the clauses of each of its names, and so has an executable: a rule holds
 * when it holds by one of them. What a clause takes out again (`except`) must be taken out by both
 * names of the executable, so that hanging a program over an excepted one gains nothing.
 *
 * first among the enforcing clauses, and apart from that among the auditing ones, so that an audit
 * match never hides a denial. A dimension that could not be told (its reason is not 0) yields
 * every clause: what could have applied, denies. What no clause denies, defaults may
 * (decide/closed.h).
 *
 *   e.g. clause 0 "deny file.read of /k/a except exe /usr/sbin/sshd": cat reading /k/a has bit 0 in
 *   all three vectors and is denied; in the vector of who sshd is it is missing.
 */
#ifndef BAILIFF_DECIDE_VERDICT_H
#define BAILIFF_DECIDE_VERDICT_H

#include "decide/closed.h"

/* Vector numbers; of the object the vectors of all its names together count. */
struct blf_vectors {
    __u32 operation;
    __u32 object[BLF_OBJECT_NAMES];
};

BLF_INLINE void blf_look_up(struct blf_vectors* v, BLF_IMAGE image, const struct blf_root* root,
                            const struct blf_index* index, const struct blf_request* r) {
    v->operation = blf_read32(image, BLF_BLOCK_ASKS, r->ask);
    for (__u32 i = 0; i < BLF_OBJECT_NAMES; i++)
        v->object[i] =
            r->object_reason ? index->all_vector : blf_path_vector(image, root, r->object[i]);
}

/* A number that is too large when one of the vectors was not there. */
BLF_INLINE __u32 blf_all_vectors(const struct blf_vectors* v) {
    return v->operation | v->object[BLF_VISIBLE] | v->object[BLF_CANONICAL] |
           v->object[BLF_TAGGED] | v->object[BLF_ANYWHERE];
}

/* Enforcing clauses have the blocks before `enforcing` to themselves, auditing ones the rest. */
struct blf_clause_search {
    BLF_IMAGE image;
    const struct blf_who* who;
    struct blf_vectors first; /* blocks of the vectors */
    __u32 enforcing;
    __u32 last;
    /* as wide as verifiers keep track of them */
    __u64 next;   /* block to look at */
    __u64 broken; /* the image lacks a block */
    __u64 clause; /* what was found, or BLF_NONE */
    __u64 audit_clause;
    __u64 base; /* clause of the first bit of `word` */
    __u64 word; /* not 0: its lowest bit is a clause that was found, not yet noted */
};

#define BLF_CLAUSE_STEPS (BLF_BITS_MAX / 512 + 2) /* a block each, and to note what was found */

/* After an enforcing clause on with the auditing ones. */
BLF_INLINE long blf_note_clause(struct blf_clause_search* search) {
    __u32 clause = (__u32)search->base + blf_lowest_bit(search->word);
    search->word = BLF_VALUE64(0);
    if (clause / 512 >= search->enforcing) {
        search->audit_clause = BLF_VALUE64(clause);
        search->next = BLF_VALUE64(search->last);
        return 1;
    }
    search->clause = BLF_VALUE64(clause);
    search->next = BLF_VALUE64(search->enforcing);
    return 0;
}

static long blf_clause_step(__u32 i, struct blf_clause_search* search) {
    const struct blf_vectors* first = &search->first;
    __u32 b = (__u32)search->next;
    (void)i;
    if (search->word) return blf_note_clause(search);
    if (b >= search->last) return 1;
    const struct blf_block* operation = blf_block_at(search->image, first->operation + b);
    const struct blf_block* visible = blf_block_at(search->image, first->object[BLF_VISIBLE] + b);
    const struct blf_block* canonical =
        blf_block_at(search->image, first->object[BLF_CANONICAL] + b);
    const struct blf_block* tagged = blf_block_at(search->image, first->object[BLF_TAGGED] + b);
    const struct blf_block* anywhere = blf_block_at(search->image, first->object[BLF_ANYWHERE] + b);
    const __u64* who = &search->who->word[(b & (BLF_WHO_WORDS / 8 - 1)) * 8];
    if (!operation || !visible || !canonical || !tagged || !anywhere) {
        search->broken = BLF_VALUE64(1);
        return 1;
    }
    search->next = BLF_VALUE64(b + 1);
#pragma GCC unroll 8
    for (__u32 w = 0; w < 8; w++) {
        __u64 object = visible->word[w] | canonical->word[w] | tagged->word[w] | anywhere->word[w];
        __u64 all = operation->word[w] & object & who[w];
        if (all) {
            search->word = BLF_VALUE64(all);
            search->base = BLF_VALUE64(b * 512 + w * 64);
            return 0;
        }
    }
    return 0;
}

/* The first clause that all dimensions have, of each kind, into the verdict. Returns 0 when the
 * image lacks a block, or the search did not come to its end. */
BLF_INLINE __u32 blf_find_clauses(struct blf_verdict* verdict, BLF_IMAGE image,
                                  const struct blf_root* root, const struct blf_vectors* v,
                                  const struct blf_who* who) {
    __u32 blocks = root->vector_blocks, base = root->vector_first;
    struct blf_clause_search search = {
        .image = image,
        .who = who,
        .first = {.operation = base + v->operation * blocks,
                  .object = {base + v->object[BLF_VISIBLE] * blocks,
                             base + v->object[BLF_CANONICAL] * blocks,
                             base + v->object[BLF_TAGGED] * blocks,
                             base + v->object[BLF_ANYWHERE] * blocks}},
        .enforcing = root->enforce_blocks,
        .last = blocks,
        .next = BLF_VALUE64(0),
        .broken = BLF_VALUE64(0),
        .clause = BLF_VALUE64(BLF_NONE),
        .audit_clause = BLF_VALUE64(BLF_NONE),
        .base = BLF_VALUE64(0),
        .word = BLF_VALUE64(0),
    };
    BLF_LOOP(BLF_CLAUSE_STEPS, blf_clause_step, &search);
    verdict->clause = (__u32)search.clause;
    verdict->audit_clause = (__u32)search.audit_clause;
    return !search.broken && !search.word && search.next >= search.last;
}

BLF_INLINE void blf_verdict_begin(struct blf_verdict* verdict) {
    verdict->clause = BLF_NONE;
    verdict->audit_clause = BLF_NONE;
    verdict->reason = BLF_REASON_NO_RULE;
    verdict->error = 0;
}

/* What the decision says when the image cannot be read: nothing can be told, so the request is
 * refused. Only an image that did not come from our compiler gets here. */
BLF_INLINE void blf_verdict_broken(struct blf_verdict* verdict) {
    verdict->clause = BLF_NONE;
    verdict->audit_clause = BLF_NONE;
    verdict->reason = BLF_REASON_BAD_IMAGE;
    verdict->error = 1; /* EPERM */
}

/* Completes a verdict that has its clauses. */
BLF_INLINE void blf_give_reason(struct blf_verdict* verdict, BLF_IMAGE image,
                                const struct blf_index* index, const struct blf_request* request,
                                const struct blf_who* who) {
    if (verdict->clause == BLF_NONE && verdict->audit_clause == BLF_NONE) return;
    verdict->reason = request->object_reason ? request->object_reason : who->reason;
    if (!verdict->reason) verdict->reason = BLF_REASON_RULE;
    if (verdict->clause == BLF_NONE) return;
    const struct blf_clause* clause =
        (const struct blf_clause*)blf_record32(image, index->clause_first, verdict->clause);
    /* A clause that denies with no error would allow. */
    if (!clause || !clause->error) {
        blf_verdict_broken(verdict);
        return;
    }
    verdict->error = clause->error;
}

/* `who` was sifted under the same image. */
BLF_INLINE void blf_decide(struct blf_verdict* verdict, BLF_IMAGE image,
                           const struct blf_root* root, const struct blf_request* request,
                           const struct blf_who* who) {
    const struct blf_index* index = (const struct blf_index*)blf_block_at(image, BLF_BLOCK_INDEX);
    struct blf_vectors v;

    blf_verdict_begin(verdict);
    if (!index || who->reason == BLF_REASON_BAD_IMAGE) {
        blf_verdict_broken(verdict);
        return;
    }
    blf_look_up(&v, image, root, index, request);
    /* No vector: its entry was not there. Times the blocks, BLF_NONE would name another section. */
    if (blf_all_vectors(&v) >= BLF_BLOCKS_MAX) {
        blf_verdict_broken(verdict);
        return;
    }
    if (!blf_find_clauses(verdict, image, root, &v, who) ||
        (blf_is_closed(root, request) && !blf_ask_defaults(verdict, image, root, request, who))) {
        blf_verdict_broken(verdict);
        return;
    }
    blf_give_reason(verdict, image, index, request, who);
}

/* Returns to the kernel: 0, or -errno within [-4095, -1]. */
BLF_INLINE int blf_return_value(const struct blf_verdict* verdict) {
    __u32 error = verdict->error;
    if (!error) return 0;
    if (error > 4095) return -1;
    return -(int)error;
}

#endif
