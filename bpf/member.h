/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The members of a run: the command, from its exec on, and all that it starts. In the programs of a
 * run the policies are about them and about nobody else.
 *
 * Before 6.2 a look at task storage that finds nothing says nothing (bpf/storage.h): every task
 * gets an entry there, and one that has none for want of memory is judged like a member.
 */
#ifndef BAILIFF_BPF_MEMBER_H
#define BAILIFF_BPF_MEMBER_H

#include "bpf/storage.h"

const volatile __u32 blf_known_members; /* not 0: these are the programs of a run */

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct blf_member);
} members SEC(".maps");

#define BLF_NO_ENTRY_IS_NO_MEMBER BLF_CAN_CAST

BLF_INLINE struct blf_member* blf_member_of(struct task_struct* task) {
    if (BLF_NO_ENTRY_IS_NO_MEMBER) return bpf_task_storage_get(&members, task, 0, 0);
    return blf_storage_of(&members, task);
}

/* Are the policies not about the current task? */
static __attribute__((noinline)) int blf_is_outsider(void) {
    if (!blf_known_members) return 0;
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    const struct blf_member* member = blf_member_of(task);
    if (!member) return BLF_NO_ENTRY_IS_NO_MEMBER;
    return !member->enlisted || !member->since || task->self_exec_id < member->since;
}

/* Returns 0 or -errno: what the policies are about does not get a child that they are not about. */
BLF_INLINE int blf_inherit_membership(struct task_struct* child) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    const struct blf_member* parents = blf_member_of(task);
    if (!parents) return BLF_NO_ENTRY_IS_NO_MEMBER ? 0 : -ENOMEM;
    if (!parents->enlisted) return 0;
    struct blf_member* childs = blf_storage_of(&members, child);
    if (!childs) return -ENOMEM;
    *childs = *parents;
    return 0;
}

/* At an exec. One that fails has the next one begin it: no earlier number comes again. */
BLF_INLINE int blf_begin_membership(void) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    struct blf_member* member = blf_member_of(task);
    if (!member) return BLF_NO_ENTRY_IS_NO_MEMBER ? 0 : -ENOMEM;
    if (member->enlisted && !member->since) member->since = task->self_exec_id + 1;
    return 0;
}

#endif
