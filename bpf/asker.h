/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Who asks, as numbers that can be compared at once: the task itself, with what it runs, as whom,
 * and so on; or whoever is alike, with states instead of what they are the states of.
 */
#ifndef BAILIFF_BPF_ASKER_H
#define BAILIFF_BPF_ASKER_H

#include "bpf/dimensions.h"
#include "bpf/task.h"
#include "decide/details.h"

/* What whoever is alike has the same of; of texts, that there are none. */
#define BLF_ALIKE                                                                                  \
    (BLF_DIMENSION(BLF_BY_EXE) | BLF_DIMENSION(BLF_BY_EXE_SHA256) | BLF_DIMENSION(BLF_BY_CGROUP) | \
     BLF_DIMENSION(BLF_BY_UID) | BLF_DIMENSION(BLF_BY_CAPABILITY) |                                \
     BLF_DIMENSIONS_TO(BLF_BY_PORT, BLF_BY_RESOURCE) | BLF_DIMENSION(BLF_BY_NAME) |                \
     BLF_DIMENSION(BLF_BY_SOURCE))
/* What a task has labels for. */
#define BLF_OF_LABELS \
    (BLF_DIMENSION(BLF_BY_EXE) | BLF_DIMENSION(BLF_BY_EXE_SHA256) | BLF_DIMENSION(BLF_BY_CGROUP))
/* What else stays the same of a task until its next exec; BLF_BY_LINEAGE is how it is found. */
#define BLF_COMPARABLE                                                             \
    (BLF_ALIKE | BLF_DIMENSION(BLF_BY_LINEAGE) | BLF_DIMENSION(BLF_BY_ANCESTORS) | \
     BLF_DIMENSION(BLF_BY_SCRIPT))

#define BLF_WHOEVER (~0ULL)

BLF_INLINE __u64 blf_cgroup_id(struct task_struct* task) {
    struct css_set* set = BLF_UNTRUSTED(task_struct, task)->cgroups;
    struct cgroup* cgroup = set ? set->dfl_cgrp : NULL;
    struct kernfs_node* node = cgroup ? cgroup->kn : NULL;
    return node ? node->id : 0;
}

/* What of who asks, and of what is asked, the image asks for about a request with these details
 * (blf_details_of()). */
BLF_INLINE __u64 blf_asked_about(const struct blf_root* root, __u64 has) {
    return root->used & (~BLF_OF_REQUESTS | has);
}

BLF_INLINE __u32 blf_is_comparable(const struct blf_details* details, __u64 asked) {
    if (asked & ~BLF_COMPARABLE) return 0;
    if ((asked & BLF_DIMENSION(BLF_BY_NAME)) && details->text[0]) return 0;
    return !(asked & BLF_DIMENSION(BLF_BY_SOURCE)) || !details->text[1];
}

/* Pointers are read through one that the verifier does not trust, see BLF_UNTRUSTED. As whom it
 * asks. Who acts as another one for a while is not compared: of what an overlay asks underneath
 * itself as its mounter, the task's own credentials count (bpf/subject.h). */
BLF_INLINE __u32 blf_set_credentials(struct blf_asker* asker, const struct blf_root* root,
                                     struct task_struct* task) {
    struct task_struct* seen = BLF_UNTRUSTED(task_struct, task);
    const struct cred* cred = seen->cred;
    if (!cred || cred != seen->real_cred) return 0;
    asker->generation = root->generation;
    asker->uid = cred->euid.val;
    asker->capabilities = BLF_VALUE64(0);
    if (blf_asks_for(root, BLF_BY_CAPABILITY))
        asker->capabilities = blf_read_pointer(blf_number(cred) + BLF_OFFSET(cred, cap_effective));
    return 1;
}

/* The current task. */
BLF_INLINE __u32 blf_set_task(struct blf_asker* asker, const struct blf_root* root) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    asker->task = bpf_get_current_task();
    asker->since = task->start_boottime;
    asker->exec_id = task->self_exec_id;
    asker->cgroup = blf_asks_for(root, BLF_BY_CGROUP) ? blf_cgroup_id(task) : BLF_VALUE64(0);
    return blf_set_credentials(asker, root, task);
}

BLF_INLINE __u64 blf_both_states(const __u32* states) {
    return states[BLF_VISIBLE] | (__u64)states[BLF_CANONICAL] << 32;
}

/* Whoever is like the current task, as far as its labels tell. */
BLF_INLINE __u32 blf_set_alike(struct blf_asker* asker, const struct blf_root* root) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    __u64 generation = root->generation, exec_id = task->self_exec_id;
    asker->task = BLF_VALUE64(0);
    asker->since = BLF_VALUE64(0);
    asker->cgroup = BLF_VALUE64(0);
    asker->exec_id = BLF_WHOEVER;
    if (!(root->used & BLF_OF_LABELS)) return blf_set_credentials(asker, root, task);
    const struct blf_task* mine = bpf_task_storage_get(&tasks, task, 0, 0);
    if (!mine) return 0;
    if (blf_asks_for(root, BLF_BY_EXE)) {
        if (mine->exe.generation != generation || mine->exe.id != exec_id) return 0;
        asker->task = blf_both_states(mine->exe.state);
    }
    if (blf_asks_for(root, BLF_BY_EXE_SHA256)) {
        if (mine->digest.generation != generation || mine->digest.id != exec_id) return 0;
        asker->since = mine->digest.state[0];
    }
    if (blf_asks_for(root, BLF_BY_CGROUP)) {
        if (mine->cgroup.generation != generation || mine->cgroup.id != blf_cgroup_id(task))
            return 0;
        asker->cgroup = mine->cgroup.state[0];
    }
    return blf_set_credentials(asker, root, task);
}

/* Whoever is like this subject, of which all could be told. */
BLF_INLINE __u32 blf_set_subject(struct blf_asker* asker, const struct blf_root* root,
                                 const struct blf_subject* subject) {
    if (subject->reason[BLF_BY_EXE] | subject->reason[BLF_BY_EXE_SHA256] |
        subject->reason[BLF_BY_CGROUP] | subject->reason[BLF_BY_UID])
        return 0;
    asker->generation = root->generation;
    asker->task = blf_both_states(subject->path[BLF_BY_EXE]);
    asker->since = subject->path[BLF_BY_EXE_SHA256][0];
    asker->exec_id = BLF_WHOEVER;
    asker->uid = subject->value[BLF_BY_UID - BLF_AUTOMATA];
    asker->capabilities = subject->own.capabilities;
    asker->cgroup = subject->path[BLF_BY_CGROUP][0];
    return 1;
}

#endif
