/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The path of the task's cgroup as an automaton state. A cgroup of version 2 never changes its
 * name, and its id is never used again.
 */
#ifndef BAILIFF_BPF_CGROUP_H
#define BAILIFF_BPF_CGROUP_H

#include "bpf/walk.h"

struct blf_cgroup_walk {
    struct blf_task* task;
    __u64 node;
    __u64 count; /* nodes in the ring, the root's not counted */
    __u64 reason;
};

BLF_INLINE __u64 blf_cgroup_parent(__u64 node) {
    if (bpf_core_field_exists(struct kernfs_node, parent))
        return blf_read_pointer(node + BLF_OFFSET(kernfs_node, parent));
    return blf_read_pointer(node + BLF_OFFSET(kernfs_node___rcu, __parent));
}

static long blf_cgroup_up(__u32 i, struct blf_cgroup_walk* walk) {
    __u64 count = walk->count, parent = blf_cgroup_parent(walk->node);
    (void)i;
    if (!parent) return 1;
    if (count >= BLF_RING) {
        walk->reason = BLF_VALUE64(BLF_REASON_TOO_DEEP);
        return 1;
    }
    walk->task->ring[count & (BLF_RING - 1)] = walk->node;
    walk->count = count + 1;
    walk->node = parent;
    return 0;
}

/* The name of a node into the task's memory, its end filled with 0. Returns its length, or
 * BLF_NONE. */
BLF_INLINE __u32 blf_read_node_name(struct blf_task* task, __u64 node) {
    __u64 name = blf_read_pointer(node + BLF_OFFSET(kernfs_node, name));
    for (__u32 i = 0; i < BLF_NAME_WORDS; i++) task->name[i] = 0;
    long length = bpf_probe_read_kernel_str(task->name, BLF_NAME_MAX + 1, (void*)name);
    return length > 1 && length <= BLF_NAME_MAX + 1 ? (__u32)length - 1 : BLF_NONE;
}

static long blf_cgroup_down(__u32 i, struct blf_cgroup_walk* walk) {
    struct blf_task* task = walk->task;
    __u64 count = walk->count;
    (void)i;
    if (!count || task->walk.t.state == BLF_DEAD) return 1;
    walk->count = count - 1;
    __u32 length = blf_read_node_name(task, task->ring[(count - 1) & (BLF_RING - 1)]);
    if (length == BLF_NONE) {
        walk->reason = BLF_VALUE64(BLF_REASON_UNREADABLE);
        return 1;
    }
    walk->reason = blf_match_name(task, length);
    return walk->reason != 0;
}

/* The state of a cgroup's path in the automaton of a dimension, into mine->walk.t.state. Returns
 * enum blf_reason. */
BLF_INLINE __u32 blf_match_cgroup(struct blf_task* mine, const struct blf_dimension* dimension,
                                  __u64 node) {
    struct blf_cgroup_walk walk = {
        .task = mine,
        .node = node,
        .count = BLF_VALUE64(0),
        .reason = BLF_VALUE64(0),
    };
    bpf_loop(BLF_RING + 1, blf_cgroup_up, &walk, 0);
    mine->walk.t.state = dimension->first;
    if (!walk.reason) bpf_loop(BLF_RING + 1, blf_cgroup_down, &walk, 0);
    return (__u32)walk.reason;
}

BLF_INLINE void blf_gather_cgroup(struct blf_task* mine, BLF_IMAGE image,
                                  const struct blf_root* root) {
    struct task_struct* task = blf_current();
    const struct blf_dimension* dimension = blf_dimension_of(image, BLF_BY_CGROUP);
    struct blf_label* label = &mine->cgroup;
    struct css_set* set = task->cgroups;
    struct cgroup* cgroup = set ? set->dfl_cgrp : NULL;
    struct kernfs_node* node = cgroup ? cgroup->kn : NULL;
    mine->subject.reason[BLF_BY_CGROUP] = BLF_REASON_NOT_SEEN;
    if (!dimension || !node) return;
    __u64 id = node->id;
    if (label->generation != root->generation || label->id != id) {
        __u32 reason = blf_match_cgroup(mine, dimension, blf_number(node));
        mine->subject.reason[BLF_BY_CGROUP] = reason;
        if (reason) return;
        label->state[0] = mine->walk.t.state;
        label->id = id;
        label->generation = root->generation;
    }
    mine->subject.reason[BLF_BY_CGROUP] = 0;
    mine->subject.path[BLF_BY_CGROUP][0] = label->state[0];
    mine->subject.path[BLF_BY_CGROUP][1] = label->state[0];
}

#endif
