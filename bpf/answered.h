/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What was asked before and no rule and no default was about: the same again costs a comparison
 * instead of a look at who asks and at the clauses. Only that is remembered, so nothing that is to
 * be counted or refused is ever passed over.
 *
 * The same is what is asked, and all of who asks that the image asks for. Where it asks for more
 * than can be compared at once (BLF_COMPARABLE), nothing is remembered.
 *
 *   - A request that is all numbers (blf_is_without_names()): these, its address, and the task
 *     itself, with what it runs, as whom, and so on.
 *   - One about an entry of a directory that is remembered: its name and the directory's states,
 *     and whoever is alike, so that the next process of a program need not begin again.
 *   - Any other: the states of the object's names, once they were found, and whoever is alike.
 *
 * Hooks compare the first by themselves, and those that are asked often the second.
 */
#ifndef BAILIFF_BPF_ANSWERED_H
#define BAILIFF_BPF_ANSWERED_H

#include "bpf/asker.h"
#include "bpf/seqlock.h"

#define BLF_QUESTION_WORDS 5

struct blf_question {
    __u64 word[BLF_QUESTION_WORDS];
};

#define BLF_ANSWER_BITS 11
#define BLF_ANSWERS (1 << BLF_ANSWER_BITS)

struct blf_answered {
    __u64 seq; /* odd while it is written */
    struct blf_asker asker;
    struct blf_question question;
    __u64 pad[3];
};
BLF_STATIC_ASSERT(sizeof(struct blf_answered) == 128, "an entry is two cache lines");

/* A global: reached without a look-up. */
static struct blf_answered blf_answered[BLF_ANSWERS] __attribute__((aligned(64)));

/* A request has the numbers of its kind, side by side, and 0 in the place of others. */
BLF_STATIC_ASSERT(BLF_BY_SOCKET_TYPE - BLF_BY_PORT < 4, "four numbers of sockets");
BLF_STATIC_ASSERT(BLF_BY_MAP_TYPE - BLF_BY_COMMAND < 4, "four numbers of bpf(2)");
BLF_INLINE __u32 blf_number_of_kind(const struct blf_details* details, __u32 place) {
    __u32 number = 0;
    for (__u32 i = place; i < BLF_DETAIL_VALUES; i += 4) number |= details->value[i];
    return number;
}

/* Is all that is asked in the details? Else the object's names count, and no numbers. */
BLF_INLINE __u32 blf_is_without_names(__u32 ask) {
    return BLF_IS_ON_SOCKET(ask) || ask >= BLF_ASK_KERNEL_BPF;
}

BLF_INLINE void blf_ask_details(struct blf_question* question, const struct blf_details* details,
                                __u32 ask, __u64 asked) {
    __u64 port = blf_number_of_kind(details, 0);
    if (BLF_IS_ON_SOCKET(ask) && !(asked & BLF_DIMENSION(BLF_BY_PORT))) port = 0;
    question->word[0] = ask | (__u64)details->address.version << 32;
    question->word[1] = port | (__u64)blf_number_of_kind(details, 1) << 32;
    question->word[2] = blf_number_of_kind(details, 2) | (__u64)blf_number_of_kind(details, 3)
                                                             << 32;
    question->word[3] = details->address.word[0];
    question->word[4] = details->address.word[1];
}

/* Whether a default is about the task (`exempt`) is known from the asker alone. */
BLF_INLINE void blf_ask_names(struct blf_question* question, const struct blf_request* request) {
    question->word[0] = request->ask;
    question->word[1] = request->object[0] | (__u64)request->object[1] << 32;
    question->word[2] = request->object[2] | (__u64)request->object[3] << 32;
    question->word[3] = request->opening[0] | (__u64)request->opening[1] << 32;
    question->word[4] = 0;
}

#define BLF_BY_ENTRY (1ULL << 63)

/* By its name in a directory, before the states of its own names are known. */
BLF_INLINE void blf_ask_entry_of(struct blf_question* question, const struct blf_entry* entry,
                                 __u32 ask) {
    question->word[0] = BLF_BY_ENTRY | (__u64)entry->length << 32 | ask;
    question->word[1] = entry->visible | (__u64)entry->canonical << 32;
    for (__u32 i = 0; i < BLF_ENTRY_WORDS; i++) question->word[2 + i] = entry->name[i];
}

/* Requests of this kind have no numbers, or none that come with a name. */
BLF_INLINE __u32 blf_is_by_name_alone(__u32 ask) {
    return !blf_is_without_names(ask) && !(blf_details_of(ask) & ~BLF_DIMENSION(BLF_BY_NAME));
}

BLF_INLINE struct blf_answered* blf_answered_at(const struct blf_asker* asker,
                                                const struct blf_question* question) {
    __u64 mixed = asker->task >> 6 ^ asker->task << 40 ^ question->word[0] << 20 ^
                  question->word[1] << 7 ^ question->word[2] << 3 ^ question->word[3];
    return &blf_answered[mixed * 0x9e3779b97f4a7c15ULL >> (64 - BLF_ANSWER_BITS) &
                         (BLF_ANSWERS - 1)];
}

BLF_INLINE __u32 blf_is_known_answer(const struct blf_asker* asker,
                                     const struct blf_question* question) {
    const struct blf_answered* known = blf_answered_at(asker, question);
    __u64 seq = BLF_ONCE(known->seq);
    if (BLF_ONCE(known->asker.task) != asker->task ||
        BLF_ONCE(known->asker.since) != asker->since ||
        BLF_ONCE(known->asker.generation) != asker->generation ||
        BLF_ONCE(known->asker.exec_id) != asker->exec_id ||
        BLF_ONCE(known->asker.uid) != asker->uid ||
        BLF_ONCE(known->asker.capabilities) != asker->capabilities ||
        BLF_ONCE(known->asker.cgroup) != asker->cgroup)
        return 0;
#pragma GCC unroll 8
    for (__u32 i = 0; i < BLF_QUESTION_WORDS; i++)
        if (BLF_ONCE(known->question.word[i]) != question->word[i]) return 0;
    return blf_was_whole(&known->seq, seq);
}

BLF_INLINE void blf_remember_answer(const struct blf_asker* asker,
                                    const struct blf_question* question) {
    struct blf_answered* entry = blf_answered_at(asker, question);
    if (!blf_begin_write(&entry->seq)) return;
    BLF_ONCE(entry->asker.task) = asker->task;
    BLF_ONCE(entry->asker.since) = asker->since;
    BLF_ONCE(entry->asker.generation) = asker->generation;
    BLF_ONCE(entry->asker.exec_id) = asker->exec_id;
    BLF_ONCE(entry->asker.uid) = asker->uid;
    BLF_ONCE(entry->asker.capabilities) = asker->capabilities;
    BLF_ONCE(entry->asker.cgroup) = asker->cgroup;
    for (__u32 i = 0; i < BLF_QUESTION_WORDS; i++)
        BLF_ONCE(entry->question.word[i]) = question->word[i];
    blf_end_write(&entry->seq);
}

/* What a hook asks, where all of it is in the details; `has`: blf_details_of(ask). Returns 0 where
 * it cannot be compared. */
BLF_INLINE __u32 blf_put_question(struct blf_asker* asker, struct blf_question* question,
                                  const struct blf_root* root, const struct blf_details* details,
                                  __u32 ask, __u64 has) {
    __u64 asked = blf_asked_about(root, has);
    if (!blf_is_comparable(details, asked) || !blf_set_task(asker, root)) return 0;
    blf_ask_details(question, details, ask, asked);
    return 1;
}

static __attribute__((noinline)) int blf_was_asked_with(const struct blf_details* details,
                                                        __u32 ask, __u64 has) {
    struct blf_asker asker;
    struct blf_question question;
    const struct blf_root* root = blf_root_in(blf_published());
    return root && details && blf_put_question(&asker, &question, root, details, ask, has) &&
           blf_is_known_answer(&asker, &question);
}

/* Of a hook, about what is all in the details: has the current task asked it before? Out of line
 * for the sake of the stack; what follows from a constant `ask` is not. */
BLF_INLINE int blf_was_asked(const struct blf_details* details, __u32 ask) {
    return blf_is_without_names(ask) && blf_was_asked_with(details, ask, blf_details_of(ask));
}

/* Nothing was about it under the image of this generation. */
static __attribute__((noinline)) void blf_note_asked(const struct blf_details* details, __u32 ask,
                                                     __u64 has, __u64 generation) {
    struct blf_asker asker;
    struct blf_question question;
    const struct blf_root* root = blf_root_in(blf_published());
    if (root && root->generation == generation && details &&
        blf_put_question(&asker, &question, root, details, ask, has))
        blf_remember_answer(&asker, &question);
}

/* Who asks about names. Returns 0, and no generation, where that cannot be compared. */
BLF_INLINE __u32 blf_put_subject(struct blf_asker* asker, const struct blf_root* root,
                                 const struct blf_task* mine, __u64 asked) {
    if (!blf_is_comparable(&mine->details, asked)) return 0;
    return asked & ~BLF_ALIKE ? blf_set_task(asker, root)
                              : blf_set_subject(asker, root, &mine->subject);
}

/* For the next time, when the hook can compare by itself. */
BLF_INLINE void blf_note_entry_of(const struct blf_asker* asker, const struct blf_task* mine) {
    struct blf_question question;
    __u32 ask = mine->request.ask;
    if (!mine->entry.length || mine->request.object[BLF_TAGGED] != BLF_DEAD) return;
    if (mine->request.opening[0] != mine->request.object[BLF_VISIBLE]) return;
    if (!blf_is_by_name_alone(ask)) return;
    blf_ask_entry_of(&question, &mine->entry, ask);
    blf_remember_answer(asker, &question);
}

/* Was the request about names that is gathered, with who asks, answered before? No prepares
 * blf_note_answer(). Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_was_answered(struct blf_task* mine) {
    struct blf_question question;
    const struct blf_root* root = blf_root_in(blf_published());
    if (!mine) return 0;
    mine->asker.generation = 0;
    if (!root || mine->gathered != root->generation) return 0;
    if (mine->request.object_reason || mine->underneath) return 0;
    if (blf_is_without_names(mine->request.ask)) return 0;
    __u64 asked = blf_asked_about(root, BLF_VALUE64(blf_details_of(mine->request.ask)));
    if (!blf_put_subject(&mine->asker, root, mine, asked)) return 0;
    blf_ask_names(&question, &mine->request);
    if (!blf_is_known_answer(&mine->asker, &question)) return 0;
    blf_note_entry_of(&mine->asker, mine);
    return 1;
}

/* A task may have been moved to another cgroup since it was looked at. */
BLF_INLINE __u32 blf_was_judged(const struct blf_task* mine, const struct blf_root* root,
                                const struct blf_asker* asker) {
    return asker->exec_id == BLF_WHOEVER || !blf_asks_for(root, BLF_BY_CGROUP) ||
           asker->cgroup == mine->cgroup.id;
}

BLF_INLINE void blf_note_details(const struct blf_task* mine, const struct blf_root* root,
                                 __u64 has) {
    struct blf_asker asker;
    struct blf_question question;
    if (blf_put_question(&asker, &question, root, &mine->details, mine->request.ask, has) &&
        blf_was_judged(mine, root, &asker))
        blf_remember_answer(&asker, &question);
}

BLF_INLINE void blf_note_names(struct blf_task* mine, const struct blf_root* root) {
    struct blf_question question;
    if (mine->asker.generation != root->generation) return;
    if (!blf_was_judged(mine, root, &mine->asker)) return;
    blf_ask_names(&question, &mine->request);
    blf_remember_answer(&mine->asker, &question);
    blf_note_entry_of(&mine->asker, mine);
}

/* The request was judged, and nothing is about it. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_note_answer(struct blf_task* mine) {
    const struct blf_root* root = blf_root_in(blf_published());
    if (!mine || !root || mine->gathered != root->generation) return 0;
    if (mine->request.object_reason || mine->underneath || mine->sift.who.reason) return 0;
    if (blf_is_without_names(mine->request.ask))
        blf_note_details(mine, root, BLF_VALUE64(blf_details_of(mine->request.ask)));
    else
        blf_note_names(mine, root);
    return 0;
}

#endif
