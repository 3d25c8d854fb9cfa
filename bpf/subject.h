/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Who asks: what policies can say of the current task, into task->subject, and from there what it
 * leaves of the clauses (decide/who.h). Only what the image asks for is looked at, and only when a
 * rule is about the object.
 *
 * The states of the executable, of its digest and of the cgroup are kept in the task's storage,
 * until an exec (of the first two), a move to another cgroup (of the other), or the next image. The
 * parent is looked up each time: nothing that is kept would follow its exec. Credentials are read
 * at each check, for they change without a hook that could be relied on.
 */
#ifndef BAILIFF_BPF_SUBJECT_H
#define BAILIFF_BPF_SUBJECT_H

#include "bpf/cgroup.h"
#include "bpf/details.h"
#include "bpf/digest.h"
#include "bpf/dimensions.h"
#include "bpf/executable.h"
#include "bpf/free.h"

BLF_INLINE void blf_set_state(struct blf_subject* subject, __u32 by, __u32 visible,
                              __u32 canonical) {
    subject->path[by][BLF_VISIBLE] = visible;
    subject->path[by][BLF_CANONICAL] = canonical;
}

/* An executable, by the automaton of this dimension, into task->subject. */
BLF_INLINE void blf_gather_path(struct blf_task* mine, BLF_IMAGE image, __u32 by,
                                struct task_struct* task, struct file* exe) {
    struct blf_subject* subject = &mine->subject;
    subject->reason[by] = blf_locate_executable(mine, image, by, task, exe);
    if (!subject->reason[by]) blf_set_state(subject, by, mine->at.visible, mine->at.canonical);
}

/* One that could not be told is not kept: it is tried again at the next request. A kernel thread
 * has no executable: no pattern names it. */
BLF_INLINE void blf_gather_executable(struct blf_task* mine, BLF_IMAGE image,
                                      const struct blf_root* root) {
    struct task_struct* task = blf_current();
    struct blf_subject* subject = &mine->subject;
    struct mm_struct* mm = task->mm;
    struct blf_label* label = &mine->exe;
    if (!mm) return;
    if (label->generation == root->generation && label->id == task->self_exec_id) {
        blf_set_state(subject, BLF_BY_EXE, label->state[0], label->state[1]);
        return;
    }
    label->generation = 0;
    blf_gather_path(mine, image, BLF_BY_EXE, (struct task_struct*)bpf_get_current_task_btf(),
                    mm->exe_file);
    if (subject->reason[BLF_BY_EXE]) return;
    label->state[0] = subject->path[BLF_BY_EXE][0];
    label->state[1] = subject->path[BLF_BY_EXE][1];
    label->id = task->self_exec_id;
    label->generation = root->generation;
}

#define BLF_PARENT_TRIES 4

BLF_INLINE void blf_gather_parent(struct blf_task* mine, BLF_IMAGE image) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
#pragma clang loop unroll(disable)
    for (__u32 i = 0; i < BLF_PARENT_TRIES; i++) {
        struct task_struct* parent = task->real_parent;
        if (!parent) break;
        struct task_struct* seen = BLF_UNTRUSTED(task_struct, parent);
        struct mm_struct* mm = seen->mm;
        __u64 was = blf_run_by(seen);
        mine->subject.reason[BLF_BY_PARENT] = 0;
        if (!mm) return;
        blf_gather_path(mine, image, BLF_BY_PARENT, parent, mm->exe_file);
        if (blf_run_by(blf_current()->real_parent) == was) return;
    }
    mine->subject.reason[BLF_BY_PARENT] = BLF_REASON_MOVING;
}

BLF_INLINE void blf_gather_groups(struct blf_subject* subject, const struct cred* cred) {
    struct group_info* groups = cred->group_info;
    subject->own.gid = cred->egid.val;
    if (!groups) return;
    subject->own.group_count = groups->ngroups;
    subject->own.groups = blf_number(groups) + BLF_OFFSET(group_info, gid);
}

BLF_INLINE void blf_gather_credentials(struct blf_subject* subject, const struct blf_root* root,
                                       const struct cred* cred) {
    if (BLF_IS_NULL(cred)) {
        subject->reason[BLF_BY_UID] = BLF_REASON_NOT_SEEN;
        subject->reason[BLF_BY_GID] = BLF_REASON_NOT_SEEN;
        subject->reason[BLF_BY_USER_NAMESPACE] = BLF_REASON_NOT_SEEN;
        subject->reason[BLF_BY_CAPABILITY] = BLF_REASON_NOT_SEEN;
        return;
    }
    subject->value[BLF_BY_UID - BLF_AUTOMATA] = cred->euid.val;
    if (blf_asks_for(root, BLF_BY_GID)) blf_gather_groups(subject, cred);
    if (blf_asks_for(root, BLF_BY_USER_NAMESPACE)) {
        struct user_namespace* user_ns = cred->user_ns;
        subject->value[BLF_BY_USER_NAMESPACE - BLF_AUTOMATA] =
            user_ns && user_ns->level ? BLF_USER_NAMESPACE_OTHER : BLF_USER_NAMESPACE_HOST;
    }
    if (blf_asks_for(root, BLF_BY_CAPABILITY))
        subject->own.capabilities =
            blf_read_pointer(blf_number(cred) + BLF_OFFSET(cred, cap_effective));
}

BLF_INLINE void blf_gather_login(struct blf_subject* subject) {
    struct task_struct* task = blf_current();
    struct signal_struct* signal = task->signal;
    subject->value[BLF_BY_LOGIN_UID - BLF_AUTOMATA] =
        bpf_core_field_exists(struct task_struct, loginuid) ? task->loginuid.val : BLF_NO_LOGIN;
    subject->value[BLF_BY_SESSION - BLF_AUTOMATA] =
        signal && blf_number(signal->tty) ? BLF_SESSION_TTY : BLF_SESSION_NONE;
}

/* An overlay opens what lies underneath with its mounter's credentials: there those of the task
 * itself count. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_gather_who(struct blf_task* mine) {
    struct task_struct* task = blf_current();
    BLF_IMAGE image = blf_published();
    const struct blf_root* root = blf_root_in(image);
    if (!mine || !root) return 0;
    struct blf_subject* subject = &mine->subject;
    __builtin_memset(subject, 0, sizeof(*subject));
    blf_gather_credentials(subject, root, mine->underneath ? task->real_cred : task->cred);
    if (blf_asks_for(root, BLF_BY_LOGIN_UID) || blf_asks_for(root, BLF_BY_SESSION))
        blf_gather_login(subject);
    if (blf_asks_for(root, BLF_BY_CGROUP)) blf_gather_cgroup(mine, image, root);
    if (blf_asks_for(root, BLF_BY_EXE)) blf_gather_executable(mine, image, root);
    if (blf_asks_for(root, BLF_BY_EXE_SHA256)) blf_gather_digest(mine, image, root);
    if (blf_asks_for(root, BLF_BY_PARENT)) blf_gather_parent(mine, image);
    subject->passed_over = BLF_OF_REQUESTS;
    if (blf_known_dimensions & BLF_OF_REQUESTS) blf_gather_details(mine, image, root);
    return 0;
}

/* Who asks, as clauses, under the image that is published now; if that is another one than the
 * object was gathered under, judging notices. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_sift_who(struct blf_task* mine) {
    BLF_IMAGE image = blf_published();
    const struct blf_root* root = blf_root_in(image);
    if (!mine || !root) return 0;
    blf_sift_subject(&mine->sift, image, root, &mine->subject);
    if (BLF_KNOWS_DEFAULTS && mine->gathered == root->generation) blf_note_free(mine, image, root);
    return 0;
}

#endif
