/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Who asks. The label of a task (the automaton state of its executable) lives in its storage and is
 * computed when first needed under an image, again after an exec (self_exec_id has moved) and
 * under the next image. A thread and a forked child compute their own.
 *
 * Credentials are read at each check: they change without a hook that could be relied on.
 */
#ifndef BAILIFF_BPF_SUBJECT_H
#define BAILIFF_BPF_SUBJECT_H

#include "bpf/walk.h"

/* A spare that nobody uses, without a label. */
static __attribute__((noinline)) struct blf_task* blf_take_spare(void) {
    __u32 first = bpf_get_smp_processor_id() * BLF_SPARE_TRIES;
    for (__u32 i = 0; i < BLF_SPARE_TRIES; i++) {
        __u32 index = (first + i) & (BLF_SPARES - 1);
        struct blf_task* spare = bpf_map_lookup_elem(&spares, &index);
        if (!spare || !__sync_bool_compare_and_swap(&spare->spare, 0, 1)) continue;
        spare->generation = 0;
        return spare;
    }
    return NULL;
}

/* Scratch memory and label of the current task: to be given back. NULL is undecidable, never "no
 * label". */
BLF_INLINE struct blf_task* blf_take_task(void) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    struct blf_task* mine = bpf_task_storage_get(&tasks, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    return mine ? mine : blf_take_spare();
}

BLF_INLINE void blf_give_back(struct blf_task* task) {
    if (task->spare) __sync_lock_test_and_set(&task->spare, 0);
}

BLF_INLINE void blf_label_compute(const struct blf_scene* scene, struct task_struct* task) {
    struct mm_struct* mm = task->mm;
    __u32 reason = 0;

    scene->task->exe_state = BLF_DEAD;
    scene->task->exe_reason = 0;
    if (!mm) return; /* a kernel thread has no executable: no pattern names it */
    struct file* exe = mm->exe_file;
    if (!exe) {
        scene->task->exe_reason = BLF_REASON_NOT_SEEN;
        return;
    }
    scene->task->exe_state = blf_walk_path(scene, &exe->f_path, scene->root->subject_root,
                                           scene->root->subject_lost, &reason);
    scene->task->exe_reason = reason;
}

/* Who, by credentials. */
BLF_INLINE void blf_gather_credentials(struct blf_request* request) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    const struct cred* cred = task->cred;
    if (cred)
        request->uid = cred->euid.val;
    else
        request->uid_reason = BLF_REASON_NOT_SEEN;
}

/* A label that could not be told is not kept: it is tried again at the next request. */
BLF_INLINE void blf_gather_executable(const struct blf_scene* scene, struct blf_request* request) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    const struct blf_index* index =
        (const struct blf_index*)blf_block_at(scene->image, BLF_BLOCK_INDEX);

    if (!(scene->root->flags & BLF_USES_EXE) || !index) return;

    struct blf_task* mine = scene->task;
    if (mine->generation != index->generation || mine->exec_id != task->self_exec_id) {
        mine->generation = 0;
        blf_label_compute(scene, task);
        if (!mine->exe_reason) {
            mine->exec_id = task->self_exec_id;
            mine->generation = index->generation;
        }
    }
    request->subject_state = mine->exe_state;
    request->subject_reason = mine->exe_reason;
}

#endif
