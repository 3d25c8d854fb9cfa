/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * From a dentry to an automaton state: up to the root of a mount namespace, across mount points (a
 * chroot does not shorten it), then down again, a transition a component.
 *
 * One flat machine under bpf_loop, see decide/transition.h for the reason. The ring holds the last
 * BLF_RING dentries of the way up, the topmost components; a deeper path is climbed again from the
 * start, up to where the last climb began its way down.
 *
 *   UP     one dentry or one mount a step
 *   NAME   read the next component's name
 *   MATCH  one step of its transition
 *
 * Instead of being matched, names can be written to the task's note; and matched from there.
 *
 * Without a mount the way ends at the superblock's root: a tree that no path leads to.
 *
 * Nothing is locked. Who walks (bpf/locate.h) looks afterwards whether anything moved meanwhile,
 * and if so whether it was on this way: `sum` mixes each dentry with its d_seq, which a rename
 * changes, and each mount.
 */
#ifndef BAILIFF_BPF_WALK_H
#define BAILIFF_BPF_WALK_H

#include "bpf/task.h"

#define BLF_WALK_STEPS (1u << 20)
#define BLF_WALK_WAITS (1u << 16) /* of them; some milliseconds */

enum { BLF_WALK_UP, BLF_WALK_NAME, BLF_WALK_MATCH };

enum blf_walk_use { BLF_WALK_CLIMBS, BLF_WALK_WRITES, BLF_WALK_READS };

/* On the stack there are only pointers; 6.1 believes for ever what it sees there. */
struct blf_walker {
    BLF_IMAGE image;
    const struct blf_root* root;
    struct blf_task* task;
};

BLF_INLINE __u64 blf_mount_root(__u64 mount) {
    return mount ? blf_read_pointer(mount + BLF_OFFSET(mount, mnt) + BLF_OFFSET(vfsmount, mnt_root))
                 : 0;
}

BLF_INLINE __u64 blf_mix(__u64 sum, __u64 value) {
    sum = (sum ^ value) * 0xff51afd7ed558ccdULL;
    return sum ^ sum >> 32;
}

BLF_INLINE long blf_walk_fail(struct blf_walk* w, __u32 reason) {
    w->t.reason = reason;
    return 1;
}

/* A climb that ends before the place where the last one began its way down saw another tree. */
BLF_INLINE long blf_walk_down(struct blf_walk* w) {
    if (w->todo != BLF_NONE && w->count != w->todo) return blf_walk_fail(w, BLF_REASON_MOVING);
    if (w->stop) return 1;
    w->next = w->count;
    w->mode = BLF_WALK_NAME;
    return 0;
}

BLF_INLINE long blf_walk_push(struct blf_walker* walker, __u64 dentry) {
    struct blf_walk* w = &walker->task->walk;
    if (w->count >= BLF_DEPTH_MAX) return blf_walk_fail(w, BLF_REASON_TOO_DEEP);
    walker->task->ring[w->count & (BLF_RING - 1)] = dentry;
    w->count++;
    if (w->todo == BLF_NONE) w->sum = blf_mix(w->sum, dentry ^ (__u64)w->seq << 32);
    return 0;
}

/* Reads the dentry's d_seq into w->seq, for the first climb, which alone mixes it in. 0: it is
 * being moved this very moment; to be looked at again in the next step, as the kernel's own look-up
 * spins. Who moves it holds a spinlock, but a hypervisor may take the processor from him meanwhile.
 */
BLF_INLINE __u32 blf_walk_is_still(struct blf_walk* w) {
    if (w->todo != BLF_NONE) return 1;
    w->seq = blf_read_word(w->dentry + BLF_OFFSET(dentry, d_seq));
    if (w->seq & 1) w->waits++;
    return !(w->seq & 1);
}

BLF_INLINE long blf_walk_wait(struct blf_walk* w) {
    return w->waits < BLF_WALK_WAITS ? 0 : blf_walk_fail(w, BLF_REASON_MOVING);
}

BLF_INLINE long blf_walk_leave_mount(struct blf_walk* w) {
    __u64 parent = blf_read_pointer(w->mount + BLF_OFFSET(mount, mnt_parent));
    if (!parent) return blf_walk_fail(w, BLF_REASON_UNREADABLE);
    if (parent == w->mount) return blf_walk_down(w);
    w->dentry = blf_read_pointer(w->mount + BLF_OFFSET(mount, mnt_mountpoint));
    w->mount = parent;
    w->mount_root = blf_mount_root(parent);
    if (w->todo == BLF_NONE) w->sum = blf_mix(w->sum, parent);
    return 0;
}

BLF_INLINE __u64 blf_superblock_root(__u64 dentry) {
    __u64 super = blf_read_pointer(dentry + BLF_OFFSET(dentry, d_sb));
    return super ? blf_read_pointer(super + BLF_OFFSET(super_block, s_root)) : 0;
}

/* A dentry that is its own parent, and not the root of the mount that is climbed. With a mount: the
 * directory was moved out of it. Without one: the end of the way; what is not the superblock's root
 * there is a pseudo file (memfd, pipe, pidfd) with a name of its own, or was found by
 * open_by_handle_at without its directory, and then its name is not known. */
BLF_INLINE long blf_walk_top(struct blf_walker* walker) {
    struct blf_walk* w = &walker->task->walk;
    if (w->mount) return blf_walk_fail(w, BLF_REASON_DETACHED);
    if (w->dentry == blf_superblock_root(w->dentry)) return blf_walk_down(w);
    if (blf_read_word(w->dentry + BLF_OFFSET(dentry, d_flags)) & DCACHE_DISCONNECTED)
        return blf_walk_fail(w, BLF_REASON_DETACHED);
    if (blf_walk_push(walker, w->dentry)) return 1;
    return blf_walk_down(w);
}

BLF_INLINE long blf_walk_up(struct blf_walker* walker) {
    struct blf_walk* w = &walker->task->walk;
    __u64 dentry = w->dentry;
    if (w->count == w->todo) return blf_walk_down(w);
    if (!dentry) return blf_walk_fail(w, BLF_REASON_UNREADABLE);
    if (dentry == w->mount_root) return blf_walk_leave_mount(w);
    if (!blf_walk_is_still(w)) return blf_walk_wait(w);

    __u64 parent = blf_read_pointer(dentry + BLF_OFFSET(dentry, d_parent));
    if (!parent) return blf_walk_fail(w, BLF_REASON_UNREADABLE);
    if (parent == dentry) return blf_walk_top(walker);
    w->dentry = parent;
    return blf_walk_push(walker, dentry);
}

/* A name of up to BLF_NAME_MAX bytes into the task's memory, its end filled with 0. Returns 0, or
 * an error. */
BLF_INLINE long blf_take_name(struct blf_task* task, const void* bytes, __u32 length) {
    __u32 piece = length / (8 * BLF_HASH_WORDS) * BLF_HASH_WORDS, size = length;
    /* keeps clang from dropping the masks, which 6.1 needs to see */
    barrier_var(piece);
    barrier_var(size);
    piece &= BLF_NAME_WORDS - BLF_HASH_WORDS;
    size &= BLF_NAME_MAX;
    task->name[piece] = 0;
    task->name[piece + 1] = 0;
    task->name[piece + 2] = 0;
    task->name[piece + 3] = 0;
    return bpf_probe_read_kernel(task->name, size, bytes);
}

/* The name of a dentry. Returns the length, or BLF_NONE with *reason. */
BLF_INLINE __u32 blf_read_name(struct blf_task* task, __u64 dentry, __u32* reason) {
    __u64 name = dentry + BLF_OFFSET(dentry, d_name);
    __u32 length = blf_read_word(name + BLF_OFFSET(qstr, len));
    __u64 bytes = blf_read_pointer(name + BLF_OFFSET(qstr, name));

    *reason = BLF_REASON_UNREADABLE;
    if (!bytes) return BLF_NONE;
    if (length > BLF_NAME_MAX) {
        *reason = BLF_REASON_TOO_LONG;
        return BLF_NONE;
    }
    return blf_take_name(task, (void*)bytes, length) ? BLF_NONE : length;
}

BLF_INLINE long blf_walk_match(struct blf_walk* w, __u32 length) {
    blf_transition_begin(&w->t, length);
    w->mode = BLF_WALK_MATCH;
    return 0;
}

BLF_INLINE long blf_walk_read(struct blf_walker* walker) {
    struct blf_task* task = walker->task;
    struct blf_walk* w = &task->walk;
    __u32 at = w->note_at;
    if (at >= w->note_end) {
        w->done = 1;
        return 1;
    }
    barrier_var(at);
    at &= BLF_NOTE - 1;
    __u32 length = task->note[at];
    w->note_at += 1 + length;
    if (blf_take_name(task, &task->note[at + 1], length))
        return blf_walk_fail(w, BLF_REASON_UNREADABLE);
    return blf_walk_match(w, length);
}

BLF_INLINE void blf_walk_start(struct blf_walk* w) {
    w->count = 0;
    w->dentry = w->first_dentry;
    w->mount = w->first_mount;
    w->mount_root = blf_mount_root(w->first_mount);
    w->mode = BLF_WALK_UP;
}

/* Is the ring used up? Then go up again for the components below it. */
BLF_INLINE long blf_walk_next(struct blf_walk* w) {
    if (w->t.reason) return 1;
    w->next--;
    if (w->t.state == BLF_DEAD) {
        w->done = 1;
        return 1;
    }
    w->mode = BLF_WALK_NAME;
    if (w->use == BLF_WALK_READS || !w->next || w->count - w->next < BLF_RING) return 0;
    w->todo = w->next;
    blf_walk_start(w);
    return 0;
}

BLF_INLINE long blf_walk_write(struct blf_walker* walker, __u32 length) {
    struct blf_task* task = walker->task;
    struct blf_walk* w = &task->walk;
    __u32 at = w->note_at, size = length;
    w->note_at += 1 + length;
    if (w->note_at > BLF_NOTE) return blf_walk_fail(w, BLF_REASON_TOO_LONG);
    barrier_var(at);
    barrier_var(size);
    at &= BLF_NOTE - 1;
    size &= BLF_NAME_MAX;
    task->note[at] = length;
    if (bpf_probe_read_kernel(&task->note[at + 1], size, task->name))
        return blf_walk_fail(w, BLF_REASON_UNREADABLE);
    return blf_walk_next(w);
}

BLF_INLINE long blf_walk_name(struct blf_walker* walker) {
    struct blf_task* task = walker->task;
    struct blf_walk* w = &task->walk;
    __u32 reason;
    if (w->use == BLF_WALK_READS) return blf_walk_read(walker);
    if (!w->next) {
        w->done = 1;
        return 1;
    }
    __u32 length = blf_read_name(task, task->ring[(w->next - 1) & (BLF_RING - 1)], &reason);
    if (length == BLF_NONE) return blf_walk_fail(w, reason);
    /* Pipes and the like have an empty name: `*` and any depth take it, nothing else does. */
    if (!length && w->first_mount) return blf_walk_fail(w, BLF_REASON_UNREADABLE);
    return w->use == BLF_WALK_WRITES ? blf_walk_write(walker, length) : blf_walk_match(w, length);
}

static long blf_walk_step(__u32 i, struct blf_walker* walker) {
    struct blf_walk* w = &walker->task->walk;
    if (w->mode == BLF_WALK_UP) return blf_walk_up(walker);
    if (w->mode == BLF_WALK_NAME) return blf_walk_name(walker);
    if (w->t.mode != BLF_MODE_DONE) {
        blf_transition_step(&w->t, walker->image, walker->root,
                            (const struct blf_name*)walker->task->name);
        return 0;
    }
    return blf_walk_next(w);
}

BLF_INLINE void blf_walk_begin(struct blf_walk* w) {
    if (w->mode == BLF_WALK_NAME) return;
    if (w->mode == BLF_WALK_UP) {
        blf_walk_start(w);
        return;
    }
    w->next = 1;
    w->count = 1;
    blf_transition_begin(&w->t, w->t.length);
}

/* By the image of generation at.generation, from walk.t.state on, into walk.t.state and
 * walk.t.reason:
 *
 *   mode UP      the state of walk.first_dentry below walk.first_mount (with walk.stop: its sum)
 *   mode MATCH   the state after the name of walk.t.length bytes that is in task->name
 *   mode NAME    the state after the names in task->note from walk.note_at to walk.note_end
 *
 * With use WRITES the names go to task->note from walk.note_at on, and the state becomes a mark
 * that says where they end: BLF_MARK() (abi/event.h), in place of BLF_FROM_ROOT or BLF_FROM_LOST.
 *
 * Global, as are all functions that verifiers are to follow once and apart from their callers, who
 * hand them memory instead of what they know. They read the slot themselves. */
__attribute__((noinline)) int blf_walk_along(struct blf_task* task) {
    if (!task) return 0;
    struct blf_walk* w = &task->walk;
    struct blf_walker walker = {.image = blf_published(), .task = task};
    if (!walker.image) return 0;
    walker.root = (const struct blf_root*)blf_block_at(walker.image, BLF_BLOCK_ROOT);
    if (!walker.root) return 0;

    w->todo = BLF_NONE;
    w->done = 0;
    w->waits = 0;
    w->sum = 0;
    w->t.reason = 0;
    if (walker.root->generation != task->at.generation) {
        w->t.reason = BLF_REASON_MOVING;
        return 0;
    }
    if (w->t.state == BLF_DEAD) return 0; /* no pattern begins here */
    blf_walk_begin(w);
    bpf_loop(BLF_WALK_STEPS, blf_walk_step, &walker, 0);
    if (!w->done && !w->stop && !w->t.reason) w->t.reason = BLF_REASON_TOO_DEEP;
    if (w->use == BLF_WALK_WRITES) w->t.state = BLF_MARK(w->t.state, w->note_at);
    return 0;
}

/* From walk.t.state on by the one name in task->name. Returns enum blf_reason. */
BLF_INLINE __u32 blf_match_name(struct blf_task* task, __u32 length) {
    task->walk.mode = BLF_WALK_MATCH;
    task->walk.stop = 0;
    task->walk.t.length = length;
    blf_walk_along(task);
    return task->walk.t.reason;
}

#endif
