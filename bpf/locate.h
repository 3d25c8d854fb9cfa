/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The two names of a dentry, as states: the visible one, through its mount up to the root of the
 * mount namespace; the canonical one, through the mount that shows its superblock on the host
 * (bpf/anchor.h). On the host they are mostly one and the same, and one walk gives both.
 *
 *   mount in no namespace (detached, kernel-internal)   no visible name
 *   superblock not mounted on the host                  canonical: as if it hung at a place that no
 *                                                       pattern names ("lost")
 *   moved out of its (bind) mount                       no visible name
 *
 * What is returned was true at one moment: either no directory and no mount moved meanwhile
 * (bpf/now.h), nor the file itself, by its d_seq; or a second climb met the same dentries with the
 * same d_seq. Who renames in a loop elsewhere can keep others from remembering, not from deciding.
 */
#ifndef BAILIFF_BPF_LOCATE_H
#define BAILIFF_BPF_LOCATE_H

#include "bpf/anchor.h"
#include "bpf/now.h"
#include "bpf/walk.h"

#define BLF_LOCATE_TRIES 8

/* NULL: lazily unmounted; an error: MNT_NS_INTERNAL; anonymous: made by open_tree or fsmount and
 * not attached. */
BLF_INLINE __u32 blf_is_nowhere(__u64 mount) {
    __u64 ns = mount ? blf_mount_namespace(mount) : 0;
    if (blf_is_no_pointer(ns)) return 1;
    if (bpf_core_field_exists(struct mnt_namespace, is_anon))
        return blf_read_word(ns + BLF_OFFSET(mnt_namespace, is_anon)) & 0xff;
    return blf_read_pointer(ns + BLF_OFFSET(mnt_namespace, seq)) == 0;
}

BLF_INLINE void blf_locate_through(struct blf_task* task, __u64 mount, __u32 state) {
    task->walk.first_dentry = task->at.dentry;
    task->walk.first_mount = mount;
    task->walk.mode = BLF_WALK_UP;
    task->walk.t.state = state;
    task->walk.note_at = BLF_MARK_END(task->at.visible); /* behind the other name */
    blf_walk_along(task);
    task->at.sum = blf_mix(task->at.sum, task->walk.sum);
}

/* Both walks, without a look at what moved. */
__attribute__((noinline)) int blf_locate_once(struct blf_task* task) {
    if (!task) return 0;
    struct blf_location* at = &task->at;
    __u64 anchor = blf_find_anchor(at->dentry);
    __u32 seen = 0;

    at->nowhere = blf_is_nowhere(at->mount);
    at->sum = blf_mix(at->nowhere, anchor);
    at->visible = BLF_DEAD;
    at->canonical = BLF_DEAD;
    at->reason = anchor == BLF_ANCHOR_TOO_FAR  ? BLF_REASON_TOO_DEEP
                 : anchor == BLF_ANCHOR_MOVING ? BLF_REASON_MOVING
                                               : 0;
    if (at->reason) return 0;
    if (!at->nowhere) {
        blf_locate_through(task, at->mount, at->root);
        seen = task->walk.t.reason != BLF_REASON_DETACHED;
        if (seen) {
            at->visible = task->walk.t.state;
            at->reason = task->walk.t.reason;
        }
    }
    if (at->reason) return 0;
    if (seen && anchor == at->mount) {
        at->canonical = at->visible;
        return 0;
    }
    blf_locate_through(task, anchor, anchor ? at->root : at->lost);
    at->canonical = task->walk.t.state;
    at->reason = task->walk.t.reason;
    return 0;
}

/* One try; 1 when what is in task->at was true at one moment. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_locate_try(struct blf_task* task) {
    if (!task) return 0;
    struct blf_location* at = &task->at;
    __u64 seq_at = at->dentry + BLF_OFFSET(dentry, d_seq);
    __u64 now = blf_now();
    __u32 seq = blf_read_word(seq_at);
    task->walk.stop = 0;
    blf_locate_once(task);
    at->now = 0;
    if (at->reason == BLF_REASON_MOVING) return 0;
    if (blf_is_steady(now) && blf_now() == now && blf_read_word(seq_at) == seq) {
        at->now = now;
        return 1;
    }
    __u64 sum = at->sum;
    __u32 visible = at->visible, canonical = at->canonical, reason = at->reason;
    task->walk.stop = 1;
    blf_locate_once(task);
    at->visible = visible;
    at->canonical = canonical;
    at->reason = reason;
    return at->sum == sum;
}

/* Fills in task->at. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_locate(struct blf_task* task) {
    if (!task) return 0;
    for (__u32 i = 0; i < BLF_LOCATE_TRIES; i++)
        if (blf_locate_try(task)) return 0;
    task->at.reason = BLF_REASON_MOVING;
    return 0;
}

#endif
