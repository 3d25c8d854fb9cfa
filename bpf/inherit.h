/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What a task leaves to its children, and to the program that it becomes.
 */
#ifndef BAILIFF_BPF_INHERIT_H
#define BAILIFF_BPF_INHERIT_H

#include "bpf/digest.h"
#include "bpf/member.h"
#include "bpf/proof.h"
#include "bpf/script.h"

#define CLONE_THREAD 0x10000

/* The child of what is denied could do what its parent cannot: without memory for what it inherits,
 * it is not made. */
BLF_INLINE int blf_inherit_lineage(struct task_struct* child, unsigned long flags) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    /* made where there is none, so that NULL is a failure: bpf/storage.h */
    struct blf_lineage* parents = blf_storage_of(&lineages, task);
    if (!parents) return -ENOMEM;
    struct blf_lineage* childs = blf_storage_of(&lineages, child);
    if (!childs) return -ENOMEM;
    *childs = *parents;
    if (flags & CLONE_THREAD) return 0;
    childs->lists |= parents->own;
    if (parents->own_reason) childs->reason = parents->own_reason;
    return 0;
}

SEC("lsm/task_alloc")
int BPF_PROG(blf_task_alloc, struct task_struct* child, unsigned long flags) {
    if (blf_is_probed(BLF_HOOK_task_alloc)) return -BLF_PROOF_ERRNO;
    struct blf_task* mine = blf_take_scratch();
    if (!mine) return -ENOMEM;
    blf_ask_lineage(mine);
    blf_give_back(mine);
    int answer = 0;
    if (child && blf_notes_executables()) answer = blf_inherit_note(child);
    if (child && blf_knows(BLF_BY_LINEAGE) && !answer) answer = blf_inherit_lineage(child, flags);
    if (child && blf_knows_any(BLF_OF_DIGESTS) && !answer) answer = blf_inherit_digest(child);
    if (child && blf_known_members && !answer) answer = blf_inherit_membership(child);
    return blf_answer_kernel(answer);
}

SEC("lsm/bprm_check_security")
int BPF_PROG(blf_exec_lineage, struct linux_binprm* bprm) {
    if (blf_is_probed(BLF_HOOK_exec_lineage)) return -BLF_PROOF_ERRNO;
    struct blf_task* mine = blf_take_scratch();
    if (!mine) return -ENOMEM;
    blf_ask_lineage(mine);
    int answer = blf_ask_script(mine, bprm);
    if (bprm && bprm->file && !answer && blf_notes_executables())
        answer = blf_note_executable(mine, bprm->file);
    if (blf_known_members && !answer) answer = blf_begin_membership();
    blf_give_back(mine);
    return blf_answer_kernel(answer);
}

#endif
