/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What a request about two names takes, that of a file and the one it is to have (decide/move.h).
 */
#ifndef BAILIFF_BPF_MOVE_H
#define BAILIFF_BPF_MOVE_H

#include "bpf/decision.h"
#include "bpf/object.h"

/* Decides and counts whether what task->from is about may be at task->request. Returns 0, -errno or
 * BLF_AGAIN. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_judge_move(struct blf_task* task) {
    struct blf_verdict verdict = {};
    BLF_IMAGE image = blf_published();
    if (!task || !image) return 0; /* allows: the slot is filled before the first attach */
    const struct blf_root* root = (const struct blf_root*)blf_block_at(image, BLF_BLOCK_ROOT);
    if (!root) return 0; /* allows: an array map always has its first element */
    if (task->gathered != root->generation) return BLF_AGAIN;
    blf_decide_move(&verdict, &task->move, image, root, &task->from, &task->request,
                    &task->sift.who);
    if (verdict.reason != BLF_REASON_NO_RULE)
        blf_count(image, root, &task->from, &task->request, &verdict);
    return blf_return_value(&verdict);
}

/* One name of a move, into task->request. Is a rule near it, or could one be below it? */
BLF_INLINE __u32 blf_gather_side(struct blf_task* task, const struct blf_object* object,
                                 __u32 ask) {
    task->object = *object;
    task->unseen = 0;
    task->request.ask = ask;
    return blf_gather(task) || task->move_from.directory || task->move_to.directory;
}

BLF_INLINE void blf_turn_move(struct blf_task* task) {
    struct blf_request request = task->request;
    task->request = task->from;
    task->from = request;
    task->move.directory = task->move_to.directory;
}

/* Both names by themselves, then the one beside the other. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_try_move(struct blf_task* task, __u32 asks) {
    if (!task) return 0;
    task->move.directory = task->move_from.directory;
    __u32 touched = blf_gather_side(task, &task->move_from, asks & 0xff);
    __u64 generation = task->gathered;
    task->from = task->request;
    touched |= blf_gather_side(task, &task->move_to, asks >> 8 & 0xff);
    if (!touched) return 0;
    if (generation != task->gathered) return BLF_AGAIN;
    blf_gather_who(task);
    if (blf_knows(BLF_BY_SCRIPT)) blf_gather_script(task);
    blf_ask_lineage(task);
    blf_sift_who(task);
    int answer = blf_judge(&task->from, &task->sift.who, generation);
    if (answer >= 0) answer = blf_judge(&task->request, &task->sift.who, generation);
    if (answer >= 0) answer = blf_judge_move(task);
    if (answer || !(asks & BLF_BOTH_WAYS)) return answer;
    blf_turn_move(task);
    return blf_judge_move(task);
}

#endif
