/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * How a hook has a request decided.
 *
 * All that a decision takes is one program of its own, an extension (freplace) that stands in for
 * blf_decision() in each hook's program (enforce/programs.h): kernels verify it once, and not once
 * a hook. What a hook does by itself is to say that no rule can be near (bpf/quick.h).
 */
#ifndef BAILIFF_BPF_DECISION_H
#define BAILIFF_BPF_DECISION_H

#include "bpf/act.h"
#include "bpf/answered.h"
#include "bpf/proof.h"
#include "bpf/task.h"

/* What is asked: enum blf_ask; about two names, that of each. */
#define BLF_ASKS(from, to) (BLF_ASK_##from | BLF_ASK_##to << 8)
#define BLF_TWO_NAMES (1u << 16)
#define BLF_BOTH_WAYS (1u << 17) /* an exchange: `to` is moved as well */
#define BLF_THE_PROOF (1u << 18) /* nothing: answers with -BLF_PROOF_ERRNO */

/* 0 or -errno. About task->object and task->details; about
 * task->move_from and move_to; about nothing that is known, for the reason in task->unseen; or,
 * without a task, for want of memory.
 *
 * This body runs before the extension is there, and after it has gone. It allows: nothing is
 * enforced yet, or no more, by whoever removed the pins and let some process keep a hook. Refusing
 * what a hook cannot rule out would lock everybody out. Weak: callers are to know nothing of it. */
__attribute__((noinline, weak)) int blf_decision(struct blf_task* task, __u32 asks) {
    return 0;
}

/* Of a hook that decides: what decides is there too. */
BLF_INLINE int blf_prove(void) {
    return blf_answer_kernel(blf_decision(NULL, BLF_THE_PROOF));
}

BLF_INLINE int blf_decide_with(struct blf_task* task, __u32 asks) {
    int answer = blf_decision(task, asks);
    blf_give_back(task);
    return answer;
}

/* There is no object. */
BLF_INLINE int blf_decide_unseen(__u32 ask, __u32 reason) {
    struct blf_task* task = blf_take_task();
    if (!task) return blf_decision(NULL, ask);
    task->unseen = reason;
    return blf_decide_with(task, ask);
}

BLF_INLINE int blf_decide_object(const struct blf_object* object, __u32 ask) {
    struct blf_task* task = blf_take_task();
    if (!task) return blf_decision(NULL, ask);
    task->object = *object;
    task->unseen = 0;
    return blf_decide_with(task, ask);
}

/* What has no path: sockets, and what has details alone. */
BLF_INLINE int blf_decide_anew(const struct blf_details* details, __u32 ask) {
    const struct blf_object nothing = {.absent = 1};
    struct blf_task* task = blf_take_task();
    if (!task) return blf_decision(NULL, ask);
    task->object = nothing;
    task->details = *details;
    task->unseen = 0;
    return blf_decide_with(task, ask);
}

BLF_INLINE int blf_decide_details(const struct blf_details* details, __u32 ask) {
    return blf_was_asked(details, ask) ? 0 : blf_decide_anew(details, ask);
}

#endif
