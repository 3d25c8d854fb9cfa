/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The program that decides, see bpf/decision.h.
 */
#ifndef BAILIFF_BPF_DECIDER_H
#define BAILIFF_BPF_DECIDER_H

#include "bpf/member.h"
#include "bpf/move.h"

#define BLF_DECIDE_STEPS (2 * BLF_DECIDE_TRIES + 4 * BLF_ANCESTORS_MAX)

/* Steps are taken here, and moves tried, since kernels let eight functions call each other, and the
 * way from here to a component of a path takes seven. */
SEC("freplace/blf_decision")
int blf_decider(struct blf_task* task, __u32 asks) {
    int answer = BLF_AGAIN;
    if (asks & BLF_THE_PROOF) return -BLF_PROOF_ERRNO;
    if (blf_is_outsider()) return 0;
    if (!task) return blf_decide_blindly(asks & 0xff);
    if (asks & BLF_TWO_NAMES) {
#pragma clang loop unroll(disable)
        for (__u32 i = 0; i < BLF_DECIDE_TRIES && answer == BLF_AGAIN; i++)
            answer = blf_try_move(task, asks);
        if (answer != BLF_AGAIN) return answer;
        task->unseen = BLF_REASON_MOVING;
    }
    task->request.ask = asks & 0xff;
    task->depth = 0;
    task->tries = 0;
#pragma clang loop unroll(disable)
    for (__u32 i = 0; i < BLF_DECIDE_STEPS && answer == BLF_AGAIN; i++)
        answer = blf_decide_step(task);
    return answer == BLF_AGAIN ? blf_decide_blindly(asks & 0xff) : answer;
}

#endif
