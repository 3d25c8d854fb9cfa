/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Who asks. The label of a task (the automaton states of its executable) lives in its storage and
 * is computed when first needed under an image, again after an exec (self_exec_id has moved) and
 * under the next image. A thread and a forked child compute their own.
 *
 * Credentials are read at each check: they change without a hook that could be relied on.
 */
#ifndef BAILIFF_BPF_SUBJECT_H
#define BAILIFF_BPF_SUBJECT_H

#include "bpf/locate.h"

BLF_INLINE void blf_label_keep(struct blf_task* mine) {
    mine->exe[BLF_CANONICAL] = mine->at.canonical;
    /* An executable without a visible path is known by the canonical one alone. */
    mine->exe[BLF_VISIBLE] = mine->at.nowhere ? mine->at.canonical : mine->at.visible;
    mine->exe_reason = mine->at.reason;
}

BLF_INLINE void blf_label_compute(struct blf_task* mine, const struct blf_index* index,
                                  struct task_struct* task) {
    struct mm_struct* mm = task->mm;
    mine->exe[BLF_VISIBLE] = BLF_DEAD;
    mine->exe[BLF_CANONICAL] = BLF_DEAD;
    mine->exe_reason = 0;
    if (!mm) return; /* a kernel thread has no executable: no pattern names it */
    struct file* exe = mm->exe_file;
    if (!exe) {
        mine->exe_reason = BLF_REASON_NOT_SEEN;
        return;
    }
    mine->at.dentry = blf_number(exe->f_path.dentry);
    mine->at.mount = blf_number(exe->f_path.mnt) - BLF_OFFSET(mount, mnt);
    mine->at.root = index->subject_root;
    mine->at.lost = index->subject_lost;
    blf_locate(mine);
    blf_label_keep(mine);
}

/* The label into the request, under the image of generation at.generation. One that could not be
 * told is not kept: it is tried again at the next request. */
BLF_INLINE void blf_gather_executable(struct blf_task* mine, BLF_IMAGE image,
                                      const struct blf_root* root) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    const struct blf_index* index = (const struct blf_index*)blf_block_at(image, BLF_BLOCK_INDEX);
    struct blf_request* request = &mine->request;

    request->subject[BLF_VISIBLE] = BLF_DEAD;
    request->subject[BLF_CANONICAL] = BLF_DEAD;
    request->subject_reason = 0;
    if (!(root->flags & BLF_USES_EXE) || !index) return;
    if (mine->generation != root->generation || mine->exec_id != task->self_exec_id) {
        mine->generation = 0;
        blf_label_compute(mine, index, task);
        if (!mine->exe_reason) {
            mine->exec_id = task->self_exec_id;
            mine->generation = root->generation;
        }
    }
    request->subject[BLF_VISIBLE] = mine->exe[BLF_VISIBLE];
    request->subject[BLF_CANONICAL] = mine->exe[BLF_CANONICAL];
    request->subject_reason = mine->exe_reason;
}

/* Who, by credentials. An overlay opens what lies underneath with its mounter's: there those of the
 * task itself count. */
BLF_INLINE void blf_gather_credentials(struct blf_request* request, __u32 underneath) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    const struct cred* cred = underneath ? task->real_cred : task->cred;
    request->uid = 0;
    request->uid_reason = 0;
    if (cred)
        request->uid = cred->euid.val;
    else
        request->uid_reason = BLF_REASON_NOT_SEEN;
}

#endif
