/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * From a kernel path to an automaton state: up from the dentry to the root of the mount namespace,
 * across mount points (a chroot does not shorten it), then down again, a transition a component.
 *
 * One flat machine under bpf_loop, see decide/transition.h for the reason. The ring holds the last
 * BLF_RING dentries of the way up, the topmost components; a deeper path is walked again from the
 * start, up to where the last pass began its way down.
 *
 *   UP     one dentry or one mount a step
 *   NAME   read the next component's name
 *   MATCH  one step of its transition
 *
 * A tree that no path leads to (detached by open_tree or a lazy umount, a memfd, an overlay's
 * private layer) begins in the state `lost` at its own root: patterns that begin with any depth
 * still match in it, others cannot name it.
 *
 * Place of what follows: the caches of directory and mount states go between UP and NAME, the
 * canonical path is a second walk that ends at s_root.
 */
#ifndef BAILIFF_BPF_WALK_H
#define BAILIFF_BPF_WALK_H

#include "bpf/maps.h"
/* after maps.h, which defines the seam */
#include "decide/transition.h"

#define BLF_WALK_STEPS (1u << 20)
#define BLF_NAME_TRIES 64

enum { BLF_WALK_UP, BLF_WALK_NAME, BLF_WALK_MATCH };

struct blf_walk {
    BLF_IMAGE image;
    const struct blf_root* root;
    struct blf_task* task;
    __u64 first_dentry; /* where every pass begins */
    __u64 first_mount;
    __u64 dentry; /* where this pass is */
    __u64 mount;
    __u64 mount_root;
    __u32 mode;
    __u32 count; /* components pushed in this pass */
    __u32 todo;  /* components not yet consumed; the pass goes up to there */
    __u32 next;  /* component to consume, counted from the bottom, plus 1 */
    __u32 tries;
    __u32 lost; /* no namespace: internal, detached */
    __u32 done;
    __u32 pad;
    struct blf_transition t;
};

BLF_INLINE __u64 blf_read_pointer(__u64 address) {
    __u64 value = 0;
    bpf_probe_read_kernel(&value, sizeof(value), (void*)address);
    return value;
}

BLF_INLINE __u32 blf_read_word(__u64 address) {
    __u32 value = 0;
    bpf_probe_read_kernel(&value, sizeof(value), (void*)address);
    return value;
}

#define BLF_OFFSET(type, field) ((__u64)bpf_core_field_offset(struct type, field))

BLF_INLINE __u64 blf_mount_root(__u64 mount) {
    return blf_read_pointer(mount + BLF_OFFSET(mount, mnt) + BLF_OFFSET(vfsmount, mnt_root));
}

/* Does a path lead here? NULL: lazily unmounted; an error pointer: MNT_NS_INTERNAL; anonymous: made
 * by open_tree or fsmount and not attached. */
BLF_INLINE __u32 blf_mount_is_lost(__u64 mount) {
    __u64 ns = blf_read_pointer(mount + BLF_OFFSET(mount, mnt_ns));
    if (!ns || ns >= -4095ULL) return 1;
    if (bpf_core_field_exists(struct mnt_namespace, is_anon)) {
        __u8 anonymous = 0;
        bpf_probe_read_kernel(&anonymous, 1, (void*)(ns + BLF_OFFSET(mnt_namespace, is_anon)));
        return anonymous;
    }
    return blf_read_pointer(ns + BLF_OFFSET(mnt_namespace, seq)) == 0;
}

BLF_INLINE long blf_walk_fail(struct blf_walk* w, __u32 reason) {
    w->t.reason = BLF_VALUE(reason);
    return 1;
}

/* A pass that ends before the place where the last one began its way down saw another tree. */
BLF_INLINE long blf_walk_down(struct blf_walk* w) {
    if (w->todo != BLF_NONE && w->count != w->todo) return blf_walk_fail(w, BLF_REASON_MOVING);
    w->next = BLF_VALUE(w->count);
    w->mode = BLF_VALUE(BLF_WALK_NAME);
    return 0;
}

BLF_INLINE long blf_walk_push(struct blf_walk* w, __u64 dentry) {
    if (w->count >= BLF_DEPTH_MAX) return blf_walk_fail(w, BLF_REASON_TOO_DEEP);
    w->task->ring[w->count & (BLF_RING - 1)] = dentry;
    w->count = BLF_VALUE(w->count + 1);
    return 0;
}

BLF_INLINE long blf_walk_leave_mount(struct blf_walk* w) {
    __u64 parent = blf_read_pointer(w->mount + BLF_OFFSET(mount, mnt_parent));
    if (!parent) return blf_walk_fail(w, BLF_REASON_UNREADABLE);
    if (parent == w->mount) return blf_walk_down(w);
    w->dentry = blf_read_pointer(w->mount + BLF_OFFSET(mount, mnt_mountpoint));
    w->mount = BLF_VALUE(parent);
    w->mount_root = blf_mount_root(parent);
    return 0;
}

BLF_INLINE long blf_walk_up(struct blf_walk* w) {
    if (w->count == w->todo) return blf_walk_down(w);
    if (!w->dentry) return blf_walk_fail(w, BLF_REASON_UNREADABLE);
    if (w->dentry == w->mount_root) return blf_walk_leave_mount(w);

    __u64 parent = blf_read_pointer(w->dentry + BLF_OFFSET(dentry, d_parent));
    if (!parent) return blf_walk_fail(w, BLF_REASON_UNREADABLE);
    if (parent != w->dentry) {
        long failed = blf_walk_push(w, w->dentry);
        w->dentry = BLF_VALUE(parent);
        return failed;
    }
    /* A root that is not its mount's: a pseudo file (memfd, pipe) has a name of its own and hangs
     * nowhere; anywhere else the directory was moved out of the mount, or never connected. */
    if (!w->lost) return blf_walk_fail(w, BLF_REASON_DETACHED);
    if (blf_walk_push(w, w->dentry)) return 1;
    return blf_walk_down(w);
}

/* The name and its length belong together only if d_seq is even and the same before and after. */
BLF_INLINE long blf_walk_name(struct blf_walk* w) {
    struct {
        __u32 hash;
        __u32 length;
        __u64 bytes;
    } name = {};
    if (!w->next) {
        w->done = BLF_VALUE(1);
        return 1;
    }
    __u64 dentry = w->task->ring[(w->next - 1) & (BLF_RING - 1)];
    __u64 seq = dentry + BLF_OFFSET(dentry, d_seq);
    __u32 before = blf_read_word(seq);
    if (bpf_probe_read_kernel(&name, sizeof(name), (void*)(dentry + BLF_OFFSET(dentry, d_name))))
        return blf_walk_fail(w, BLF_REASON_UNREADABLE);

    __u32 length = name.length;
    /* Pipes and the like have an empty name: `*` and any depth take it, nothing else does. */
    if (!length && !w->lost) return blf_walk_fail(w, BLF_REASON_UNREADABLE);
    if (length > BLF_NAME_MAX) return blf_walk_fail(w, BLF_REASON_TOO_LONG);
    w->task->name[(length / 8) & (BLF_NAME_WORDS - 1)] = 0;
    __u32 size = length;
    barrier_var(size); /* keeps clang from dropping the mask, which 6.1 needs to see */
    size &= BLF_NAME_MAX;
    long failed = bpf_probe_read_kernel(w->task->name, size, (void*)name.bytes);
    if ((before & 1) || blf_read_word(seq) != before) {
        w->tries = BLF_VALUE(w->tries + 1);
        if (w->tries > BLF_NAME_TRIES) return blf_walk_fail(w, BLF_REASON_MOVING);
        return 0;
    }
    if (failed) return blf_walk_fail(w, BLF_REASON_UNREADABLE);
    blf_transition_begin(&w->t, length);
    w->mode = BLF_VALUE(BLF_WALK_MATCH);
    return 0;
}

/* Is the ring used up? Then go up again for the components below it. */
BLF_INLINE long blf_walk_next(struct blf_walk* w) {
    if (w->t.reason) return 1;
    w->next = BLF_VALUE(w->next - 1);
    if (w->t.state == BLF_DEAD) {
        w->done = BLF_VALUE(1);
        return 1;
    }
    w->mode = BLF_VALUE(BLF_WALK_NAME);
    if (!w->next || w->count - w->next < BLF_RING) return 0;
    w->todo = BLF_VALUE(w->next);
    w->count = BLF_VALUE(0);
    w->dentry = w->first_dentry;
    w->mount = w->first_mount;
    w->mount_root = blf_mount_root(w->first_mount);
    w->mode = BLF_VALUE(BLF_WALK_UP);
    return 0;
}

static long blf_walk_step(__u32 i, struct blf_walk* w) {
    if (w->mode == BLF_WALK_UP) return blf_walk_up(w);
    if (w->mode == BLF_WALK_NAME) return blf_walk_name(w);
    if (w->t.mode != BLF_MODE_DONE) {
        blf_transition_step(&w->t, w->image, w->root, (const struct blf_name*)w->task->name);
        return 0;
    }
    return blf_walk_next(w);
}

/* What every part of one decision works with. */
struct blf_scene {
    BLF_IMAGE image;
    const struct blf_root* root;
    struct blf_task* task;
};

/* The state of `path` in the automaton that begins at `root`, or at `lost` where no path leads.
 * *reason is 0, or why there is no state. */
static __attribute__((noinline)) __u32 blf_walk_path(const struct blf_scene* scene,
                                                     const struct path* path, __u32 root,
                                                     __u32 lost, __u32* reason) {
    __u64 mount = blf_number(path->mnt) - BLF_OFFSET(mount, mnt);
    __u64 dentry = blf_number(path->dentry);
    struct blf_walk w = {
        .image = scene->image,
        .root = scene->root,
        .task = scene->task,
        .first_dentry = dentry,
        .first_mount = mount,
        .dentry = dentry,
        .mount = mount,
        .mount_root = blf_mount_root(mount),
        .mode = blf_zero32,
        .count = blf_zero32,
        .todo = BLF_VALUE(BLF_NONE),
        .next = blf_zero32,
        .tries = blf_zero32,
        .lost = blf_mount_is_lost(mount),
        .done = blf_zero32,
        .t = {.mode = blf_zero32,
              .state = blf_zero32,
              .length = blf_zero32,
              .reason = blf_zero32,
              .hash = blf_zero64,
              .entry = blf_zero32,
              .at = blf_zero32,
              .to = blf_zero32,
              .name = blf_zero32,
              .cell = blf_zero32,
              .glob = blf_zero32},
    };
    w.t.state = w.lost ? lost : root;
    *reason = 0;
    if (w.t.state == BLF_DEAD) return BLF_DEAD; /* no pattern begins here */
    bpf_loop(BLF_WALK_STEPS, blf_walk_step, &w, 0);
    if (w.t.reason)
        *reason = w.t.reason;
    else
        *reason = w.done ? 0 : BLF_REASON_TOO_DEEP;
    return w.t.state;
}

#endif
