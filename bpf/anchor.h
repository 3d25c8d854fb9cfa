/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Where a superblock is mounted on the host: the oldest mount in the host's mount namespace below
 * whose root the wanted directory lies. What it has as its path there is its canonical path. A bind
 * mount, a second mount, a mount of another namespace or of none, are all younger or elsewhere.
 */
#ifndef BAILIFF_BPF_ANCHOR_H
#define BAILIFF_BPF_ANCHOR_H

#include "bpf/now.h"
#include "bpf/proof.h"
#include "bpf/seqlock.h"

#define BLF_ANCHOR_STEPS (1u << 20)

struct blf_search {
    __u64 at;        /* the list: a mount, or before 7.x its mnt_instance */
    __u64 end;       /* where the list ends */
    __u64 top;       /* the root of the superblock */
    __u64 below;     /* the directory that must lie below the mount's root */
    __u64 climbing;  /* 0, or how far up from `below` we looked for the candidate's root */
    __u64 candidate; /* a mount, and its root */
    __u64 candidate_root;
    __u64 found; /* a mount, or 0 */
    __u64 host;  /* inode number of the host's mount namespace */
    __u64 broken;
};

BLF_INLINE __u32 blf_has_pointers(void) {
    return bpf_core_field_exists(struct mount, mnt_next_for_sb);
}

BLF_INLINE __u64 blf_mount_namespace(__u64 mount) {
    return blf_read_pointer(mount + BLF_OFFSET(mount, mnt_ns));
}

BLF_INLINE __u32 blf_is_on_host(__u64 mount, __u64 host) {
    __u64 ns = blf_mount_namespace(mount);
    if (blf_is_no_pointer(ns)) return 0;
    return blf_read_word(ns + BLF_OFFSET(mnt_namespace, ns) + BLF_OFFSET(ns_common, inum)) == host;
}

/* The list is oldest first before 7.x, and the search ends; newest first since, and it goes on. */
BLF_INLINE long blf_anchor_take(struct blf_search* s) {
    s->found = BLF_VALUE(s->candidate);
    s->climbing = blf_zero64;
    return !blf_has_pointers();
}

BLF_INLINE long blf_anchor_climb(struct blf_search* s) {
    __u64 dentry = s->climbing;
    if (dentry == s->candidate_root) return blf_anchor_take(s);
    __u64 parent = blf_read_pointer(dentry + BLF_OFFSET(dentry, d_parent));
    s->climbing = parent == dentry ? blf_zero64 : parent;
    return 0;
}

BLF_INLINE __u64 blf_anchor_next(struct blf_search* s) {
    if (blf_has_pointers()) {
        __u64 mount = s->at;
        s->at = blf_read_pointer(mount + BLF_OFFSET(mount, mnt_next_for_sb));
        return mount;
    }
    __u64 mount = s->at - BLF_OFFSET(mount, mnt_instance);
    s->at = blf_read_pointer(s->at + BLF_OFFSET(list_head, next));
    if (!s->at) s->broken = BLF_VALUE(1); /* a list ends at its head; this one was cut */
    return mount;
}

static long blf_anchor_step(__u32 i, struct blf_search* s) {
    if (s->climbing) return blf_anchor_climb(s);
    if (!s->at || s->at == s->end) return 1;
    __u64 mount = blf_anchor_next(s);
    if (!blf_is_on_host(mount, s->host)) return 0;
    s->candidate = mount; /* at the end, where the newest come first: the oldest on the host */
    s->candidate_root =
        blf_read_pointer(mount + BLF_OFFSET(mount, mnt) + BLF_OFFSET(vfsmount, mnt_root));
    if (s->candidate_root == s->top) return blf_anchor_take(s);
    s->climbing = s->below;
    return 0;
}

/* Which mount shows the whole of a superblock, remembered where the list is newest first: who makes
 * thousands of mounts in a namespace of his own must not make everybody else's search long. A mount
 * that is found again under its unique number is still the oldest: none that comes later is older.
 * Only one that shows all of its superblock is remembered, and only if none is older that shows a
 * part. */
#define BLF_ANCHORS 256

struct blf_anchor {
    __u64 seq; /* bpf/seqlock.h */
    __u64 super;
    __u64 mount;
    __u64 unique;
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, BLF_ANCHORS);
    __type(key, __u32);
    __type(value, struct blf_anchor);
} anchors SEC(".maps");

BLF_INLINE struct blf_anchor* blf_anchor_at(__u64 super) {
    __u32 index = (__u32)((super * 0x9e3779b97f4a7c15ULL) >> 56) & (BLF_ANCHORS - 1);
    return bpf_map_lookup_elem(&anchors, &index);
}

BLF_INLINE __u64 blf_unique_number(__u64 mount) {
    return blf_read_pointer(mount + BLF_OFFSET(mount, mnt_id_unique));
}

BLF_INLINE __u64 blf_recall_anchor(__u64 super, const struct blf_search* s) {
    struct blf_anchor* entry = blf_anchor_at(super);
    if (!entry) return 0;
    __u64 seq = BLF_ONCE(entry->seq), mount = BLF_ONCE(entry->mount);
    __u64 unique = BLF_ONCE(entry->unique);
    if (BLF_ONCE(entry->super) != super || !blf_was_whole(&entry->seq, seq)) return 0;
    return mount && blf_unique_number(mount) == unique && blf_is_on_host(mount, s->host) ? mount
                                                                                         : 0;
}

BLF_INLINE void blf_remember_anchor(__u64 super, const struct blf_search* s) {
    struct blf_anchor* entry = blf_anchor_at(super);
    if (!entry || !s->found) return;
    __u64 root =
        blf_read_pointer(s->found + BLF_OFFSET(mount, mnt) + BLF_OFFSET(vfsmount, mnt_root));
    if (s->found != s->candidate || root != s->top || !blf_begin_write(&entry->seq)) return;
    BLF_ONCE(entry->super) = super;
    BLF_ONCE(entry->mount) = s->found;
    BLF_ONCE(entry->unique) = blf_unique_number(s->found);
    blf_end_write(&entry->seq);
}

/* No anchors, but why none is known: small numbers that no address has. */
#define BLF_ANCHOR_TOO_FAR 1 /* more mounts than are looked at */
#define BLF_ANCHOR_MOVING 2  /* the list was cut while it was read */

/* The anchor of the directory `below`, a dentry: a struct mount, 0, or one of the above. The list
 * may change while it is read: who calls looks at bpf/now.h afterwards. */
BLF_INLINE __u64 blf_find_anchor(__u64 below) {
    struct blf_control* control = blf_control();
    __u64 super = blf_read_pointer(below + BLF_OFFSET(dentry, d_sb));
    if (!super || !control) return BLF_ANCHOR_MOVING;
    struct blf_search s = {
        .below = below,
        .top = blf_read_pointer(super + BLF_OFFSET(super_block, s_root)),
        .climbing = blf_zero64,
        .candidate = blf_zero64,
        .candidate_root = blf_zero64,
        .found = blf_zero64,
        .host = control->host_mounts,
        .broken = blf_zero64,
    };
    if (blf_has_pointers()) {
        __u64 known = blf_recall_anchor(super, &s);
        if (known) return known;
        s.at = blf_read_pointer(super + BLF_OFFSET(super_block___pointers, s_mounts));
        s.end = blf_zero64;
    } else {
        s.end = super + BLF_OFFSET(super_block, s_mounts);
        s.at = blf_read_pointer(s.end + BLF_OFFSET(list_head, next));
    }
    long steps = bpf_loop(BLF_ANCHOR_STEPS, blf_anchor_step, &s, 0);
    if (s.broken) return BLF_ANCHOR_MOVING;
    if (steps == BLF_ANCHOR_STEPS) return BLF_ANCHOR_TOO_FAR;
    if (blf_has_pointers()) blf_remember_anchor(super, &s);
    return s.found;
}

#endif
