/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The last part of a hook: count what was decided, and answer the kernel.
 */
#ifndef BAILIFF_BPF_ACT_H
#define BAILIFF_BPF_ACT_H

#include "bpf/maps.h"
/* after maps.h, which defines the seam */
#include "decide/verdict.h"

/* From 6.12 on the verifier wants to see [-4095, 0], on every path, from 64-bit comparisons. */
BLF_INLINE int blf_answer_kernel(long value) {
    barrier_var(value);
    if (value > 0) return 0;
    if (value < -4095) return -EPERM;
    return value;
}

enum blf_tally_field { BLF_TALLY_DENIED, BLF_TALLY_WOULD_DENY, BLF_TALLY_UNDECIDABLE };

BLF_INLINE void blf_add(BLF_IMAGE image, __u32 block_number, __u32 word) {
    struct blf_block* block = blf_block_mutable(image, block_number);
    if (block) __sync_fetch_and_add(&block->word[word & 7], 1);
}

BLF_INLINE void blf_tally(BLF_IMAGE image, __u32 first, __u32 record, __u32 field) {
    blf_add(image, first + record / 2, (record & 1) * 4 + field);
}

/* The rule that gave a state its clause: its source list is sorted and short. */
struct blf_find_rule {
    BLF_IMAGE image;
    __u32 source_first;
    __u32 at;
    __u32 clause;
    __u32 rule;
};

static long blf_find_rule_step(__u32 i, struct blf_find_rule* find) {
    const struct blf_source* source =
        (const struct blf_source*)blf_record8(find->image, find->source_first, find->at);
    if (!source || source->clause == BLF_NONE) return 1;
    if (source->clause == find->clause) {
        find->rule = source->rule;
        return 1;
    }
    find->at++;
    return 0;
}

/* The root of the image of this generation; NULL when it was replaced since, and its counters have
 * gone with it. */
BLF_INLINE const struct blf_root* blf_root_of(BLF_IMAGE image, __u64 generation) {
    const struct blf_root* root = blf_root_in(image);
    return root && root->generation == generation ? root : NULL;
}

/* The first of those that some name of the object gives; BLF_NONE when none gives one. Global: see
 * blf_walk_along(). */
__attribute__((noinline)) __u32 blf_rule_of(struct blf_request* request, __u32 clause,
                                            __u64 generation) {
    BLF_IMAGE image = blf_published();
    const struct blf_root* root = blf_root_of(image, generation);
    const struct blf_index* index =
        image ? (const struct blf_index*)blf_block_at(image, BLF_BLOCK_INDEX) : NULL;
    if (!request || !root || !index) return BLF_NONE;
    struct blf_find_rule find = {
        .image = image,
        .source_first = index->source_first,
        .clause = BLF_VALUE(clause),
    };
    __u32 first = BLF_NONE;
    for (__u32 called = 0; called < BLF_OBJECT_NAMES; called++) {
        const struct blf_state* state = (const struct blf_state*)blf_record16(
            image, root->state_first, request->object[called]);
        if (!state) continue;
        find.at = BLF_VALUE(state->sources);
        find.rule = BLF_VALUE(BLF_NONE);
        bpf_loop(BLF_SOURCES_MAX, blf_find_rule_step, &find, 0);
        if (find.rule < first) first = find.rule;
    }
    return first;
}

/* The policy and the rule of a clause. A directory that is moved is refused for what lies below it:
 * then no rule is found, and the policy alone is counted. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_count_clause(struct blf_request* request,
                                               struct blf_request* other, __u32 clause, __u32 field,
                                               __u64 generation) {
    BLF_IMAGE image = blf_published();
    const struct blf_root* root = blf_root_of(image, generation);
    const struct blf_index* index =
        image ? (const struct blf_index*)blf_block_at(image, BLF_BLOCK_INDEX) : NULL;
    if (!root || !index) return 0;
    __u32 policies = index->counter_first + BLF_REASON_BLOCKS;
    __u32 rules = policies + (index->policy_count + 1) / 2;
    const struct blf_clause* record =
        (const struct blf_clause*)blf_record32(image, index->clause_first, clause);
    if (record) blf_tally(image, policies, record->policy, field);
    if (field == BLF_TALLY_UNDECIDABLE) return 0;
    __u32 rule = record ? record->rule : BLF_NONE;
    if (rule == BLF_NONE) rule = blf_rule_of(request, clause, generation);
    if (rule == BLF_NONE && other) rule = blf_rule_of(other, clause, generation);
    if (rule != BLF_NONE) blf_tally(image, rules, rule, field);
    return 0;
}

/* `other`: NULL, or where to look for the rule next, for a verdict about two objects. */
BLF_INLINE void blf_count(BLF_IMAGE image, const struct blf_root* root, struct blf_request* request,
                          struct blf_request* other, const struct blf_verdict* verdict) {
    const struct blf_index* index = (const struct blf_index*)blf_block_at(image, BLF_BLOCK_INDEX);
    __u32 told = BLF_VALUE(verdict->reason == BLF_REASON_RULE);
    if (index) blf_add(image, index->counter_first + verdict->reason / 8, verdict->reason);
    if (verdict->clause != BLF_NONE)
        blf_count_clause(request, other, verdict->clause,
                         told ? BLF_TALLY_DENIED : BLF_TALLY_UNDECIDABLE, root->generation);
    if (verdict->audit_clause != BLF_NONE)
        blf_count_clause(request, other, verdict->audit_clause,
                         told ? BLF_TALLY_WOULD_DENY : BLF_TALLY_UNDECIDABLE, root->generation);
}

/* No errno, and refused should it ever reach the kernel: the image was replaced while the request
 * was gathered, and must be gathered again. */
#define BLF_AGAIN (-5000)

/* Allowed, and no rule was about it; allows should it ever reach the kernel. */
#define BLF_UNTOUCHED 1

/* Who asks when nothing of it can be told: the clauses of everybody. */
static struct blf_who blf_everybody SEC(".data") = {.word = {[0 ... BLF_WHO_WORDS - 1] = ~0ULL},
                                                    .reason = BLF_REASON_NO_MEMORY};

/* Decides and counts a request that was gathered under the image of this generation (0: under none
 * in particular). Returns 0, -errno, BLF_UNTOUCHED or BLF_AGAIN. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_judge(struct blf_request* request, struct blf_who* who,
                                        __u64 generation) {
    struct blf_verdict verdict = {};
    BLF_IMAGE image = blf_published();
    if (!request || !who || !image)
        return 0; /* allows: the slot is filled before the first attach */
    const struct blf_root* root = (const struct blf_root*)blf_block_at(image, BLF_BLOCK_ROOT);
    if (!root) return 0; /* allows: an array map always has its first element */
    if (generation && generation != root->generation) return BLF_AGAIN;
    blf_decide(&verdict, image, root, request, who);
    if (verdict.reason == BLF_REASON_NO_RULE) return BLF_UNTOUCHED;
    blf_count(image, root, request, NULL, &verdict);
    return blf_return_value(&verdict);
}

#endif
