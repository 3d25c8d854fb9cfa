/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The way of nearly every open: its directory is remembered, and no rule can be about a file of
 * this name in it. It only ever says "certainly nothing" or "look closer" (bpf/object.h), from the
 * same memory and the same tables, and pays for no task storage and no call into the walk.
 */
#ifndef BAILIFF_BPF_QUICK_H
#define BAILIFF_BPF_QUICK_H

#include "bpf/member.h"
#include "bpf/object.h"

/* Names up to here are read and hashed in one piece. */
#define BLF_QUICK_NAME (8 * BLF_HASH_WORDS - 1)

/* Has a component of this hash no rule's attention in this state? A state with globs is looked at
 * closer; a default edge is followed. */
BLF_INLINE __u32 blf_quick_miss(BLF_IMAGE image, const struct blf_root* root, __u32 state,
                                __u64 hash) {
    if (state == BLF_DEAD) return 1;
    if (blf_may_have_edge(image, root, state, hash)) return 0;
    if (state >= root->sparse_states) return 1;
    const struct blf_state* from =
        (const struct blf_state*)blf_record16(image, root->state_first, state);
    if (!from || from->glob) return 0;
    return !blf_path_vector(image, root, from->default_to);
}

/* The first words of a name, with 0 behind its end: loads that cannot fault, instead of a call.
 * What lies behind the end in memory is read too, and masked. */
BLF_INLINE void blf_quick_load(__u64* name, __u64 bytes, __u32 length) {
    __u32 whole = length / 8;
#pragma GCC unroll 4
    for (__u32 i = 0; i < BLF_HASH_WORDS; i++) {
        if (whole < i) return;
        __u64 word = blf_read_pointer(bytes + 8 * i);
        name[i] = whole > i ? word : word & ((1ULL << (length & 7) * 8) - 1);
    }
}

BLF_INLINE __u32 blf_quick_read(__u64* name, struct dentry* dentry, __u32 length) {
    if (BLF_CAN_CAST) {
        blf_quick_load(name, (__u64)dentry->d_name.name, length);
        return 1;
    }
    __u32 size = length;
    barrier_var(size);
    size &= BLF_QUICK_NAME;
    return !bpf_probe_read_kernel(name, size, dentry->d_name.name);
}

BLF_INLINE __u32 blf_quick_name(BLF_IMAGE image, struct dentry* dentry, __u32 visible,
                                __u32 canonical) {
    __u64 name[BLF_HASH_WORDS] = {};
    __u32 length = dentry->d_name.len;
    const struct blf_root* root = (const struct blf_root*)blf_block_at(image, BLF_BLOCK_ROOT);
    if (!root || !length || length > BLF_QUICK_NAME) return 0;
    if (!blf_quick_read(name, dentry, length)) return 0;
    __u64 hash = blf_hash_piece(blf_hash_begin(length), name);
    return blf_quick_miss(image, root, visible, hash) &&
           (canonical == visible || blf_quick_miss(image, root, canonical, hash));
}

BLF_INLINE __u32 blf_quick_filtered(struct dentry* dentry, __u64 filter) {
    __u64 word = blf_read_pointer((__u64)dentry->d_name.name);
    return !(filter & blf_filter_bit(word, dentry->d_name.len));
}

/* Parent and name belong together while d_seq stays the same. */
BLF_INLINE __u32 blf_quick_live(BLF_IMAGE image, struct dentry* dentry, struct dentry* parent,
                                __u64 now, const struct blf_memory* memory, __u32 closer) {
    __u32 seq = BLF_ONCE(dentry->d_seq.seqcount.sequence);
    return !(seq & 1) && BLF_ONCE(dentry->d_parent) == parent &&
           (blf_quick_filtered(dentry, memory->filter) ||
            (closer && blf_quick_name(image, dentry, memory->visible, memory->canonical))) &&
           BLF_ONCE(dentry->d_seq.seqcount.sequence) == seq && blf_now() == now;
}

/* Is it no file that a rule knows by its inode? */
BLF_INLINE __u32 blf_quick_untagged(BLF_IMAGE image, struct inode* inode) {
    const struct blf_root* root = (const struct blf_root*)blf_block_at(image, BLF_BLOCK_ROOT);
    return root && blf_gather_tag(image, root, blf_number(inode)) == BLF_DEAD;
}

/* dentry->d_inode as a plain number, the cheapest way. */
BLF_INLINE __u64 blf_quick_inode(struct dentry* dentry) {
    if (BLF_CAN_CAST) return blf_read_pointer((__u64)dentry + BLF_OFFSET(dentry, d_inode));
    return blf_number(dentry->d_inode);
}

/* What is remembered of a directory, and the moment for which it holds. Returns 0: nothing. */
BLF_INLINE __u32 blf_quick_recall(BLF_IMAGE image, struct dentry* directory, struct vfsmount* mount,
                                  __u64* now, struct blf_memory* memory) {
    struct blf_place place = {
        .inode = blf_quick_inode(directory),
        .mount = (__u64)mount,
        .now = blf_now(),
        .image = (__u64)image,
    };
    *now = place.now;
    return blf_is_steady(place.now) && blf_recall(&place, memory);
}

/* Does some default close what has a path? Then something is about every file, to whom that default
 * is about. */
BLF_INLINE __u32 blf_closes_paths(BLF_IMAGE image) {
    if (!BLF_KNOWS_DEFAULTS) return 0;
    const struct blf_root* root = (const struct blf_root*)blf_block_at(image, BLF_BLOCK_ROOT);
    return !root || (root->closed & BLF_CLOSED_PATHS);
}

BLF_INLINE __u32 blf_is_closed_to_task(BLF_IMAGE image) {
    if (!BLF_KNOWS_DEFAULTS) return 0;
    const struct blf_root* root = (const struct blf_root*)blf_block_at(image, BLF_BLOCK_ROOT);
    return !root ||
           ((root->closed & BLF_CLOSED_PATHS) && !blf_is_free_task(root) && !blf_is_outsider());
}

/* No rule is about this dentry as seen through this mount, nor about this inode, which may be NULL.
 * `closer`, a constant: where the filter does not tell, look into the tables; hooks that are asked
 * less often leave that to the whole way, and are verified faster.
 * Out of line for the sake of the stack. Addresses are compared as the typed pointers they are. */
static __attribute__((noinline)) int blf_quick_untouched(struct dentry* dentry,
                                                         struct vfsmount* mount,
                                                         struct inode* inode, __u32 closer) {
    BLF_IMAGE image = blf_published();
    if (!dentry || !mount || !image || blf_is_closed_to_task(image)) return 0;
    struct dentry* parent = dentry->d_parent;
    if (!parent || mount->mnt_root == dentry) return 0;
    if (blf_hides_backing() && inode != dentry->d_inode) return 0;
    struct blf_memory memory;
    __u64 now;
    if (!blf_quick_recall(image, parent, mount, &now, &memory)) return 0;
    if (memory.tags && !blf_quick_untagged(image, inode)) return 0;
    if (!memory.filter) return 1;
    return blf_quick_live(image, dentry, parent, now, &memory, closer);
}

/* The same of two names in one directory, which is looked up once; their inodes are their own. */
static __attribute__((noinline)) int blf_quick_untouched_pair(struct dentry* one,
                                                              struct dentry* other,
                                                              struct vfsmount* mount) {
    BLF_IMAGE image = blf_published();
    if (!one || !other || !mount || !image || blf_is_closed_to_task(image)) return 0;
    struct dentry* parent = one->d_parent;
    struct dentry* root = mount->mnt_root;
    if (!parent || other->d_parent != parent || root == one || root == other) return 0;
    struct blf_memory memory;
    __u64 now;
    if (!blf_quick_recall(image, parent, mount, &now, &memory)) return 0;
    if (memory.tags &&
        (!blf_quick_untagged(image, one->d_inode) || !blf_quick_untagged(image, other->d_inode)))
        return 0;
    if (!memory.filter) return 1;
    return blf_quick_live(image, one, parent, now, &memory, 0) &&
           blf_quick_live(image, other, parent, now, &memory, 0);
}

/* The i-th word of a name, with 0 behind its end. One that verifiers do not know, here as in
 * bpf/asker.h: they would follow what comes after for each way to it. */
BLF_INLINE __u64 blf_quick_piece(__u64 bytes, __u32 length, __u32 i) {
    if (length <= 8 * i) return BLF_VALUE64(0);
    __u64 word = blf_read_pointer(bytes + 8 * i), left = length - 8 * i;
    return left < 8 ? word & ((1ULL << left * 8) - 1) : word;
}

BLF_INLINE __u32 blf_quick_entry_name(struct blf_entry* entry, struct dentry* dentry) {
    if (BLF_CAN_CAST) {
        __u64 bytes = (__u64)dentry->d_name.name;
        entry->name[0] = blf_quick_piece(bytes, entry->length, 0);
        entry->name[1] = blf_quick_piece(bytes, entry->length, 1);
        entry->name[2] = blf_quick_piece(bytes, entry->length, 2);
        return 1;
    }
    __u32 size = entry->length;
    barrier_var(size);
    if (size > sizeof(entry->name)) return 0;
    return !bpf_probe_read_kernel(entry->name, size, dentry->d_name.name);
}

/* The entry of a directory of which the states are remembered, with its name. Returns 0 where it
 * is none, or moves. */
BLF_INLINE __u32 blf_quick_entry(struct blf_entry* entry, BLF_IMAGE image, struct dentry* dentry,
                                 struct vfsmount* mount, struct inode* inode) {
    struct blf_memory memory;
    __u64 now;
    struct dentry* parent = dentry->d_parent;
    __u32 seq = BLF_ONCE(dentry->d_seq.seqcount.sequence), length = dentry->d_name.len;
    if (!parent || mount->mnt_root == dentry || !length || length > sizeof(entry->name)) return 0;
    if (blf_hides_backing() && inode != dentry->d_inode) return 0;
    if ((seq & 1) || !blf_quick_recall(image, parent, mount, &now, &memory)) return 0;
    if (memory.visible == BLF_DEAD) return 0;
    if (memory.tags && !blf_quick_untagged(image, inode)) return 0;
    entry->visible = memory.visible;
    entry->canonical = memory.canonical;
    entry->length = length;
    return blf_quick_entry_name(entry, dentry) && BLF_ONCE(dentry->d_parent) == parent &&
           BLF_ONCE(dentry->d_seq.seqcount.sequence) == seq && blf_now() == now;
}

/* Was this asked before about an entry of this name in such a directory, by whoever is like the
 * current task? Out of line for the sake of the stack. */
static __attribute__((noinline)) int blf_was_asked_of(struct dentry* dentry, struct vfsmount* mount,
                                                      struct inode* inode, __u32 ask) {
    struct blf_asker asker;
    struct blf_question question;
    struct blf_entry entry = {};
    BLF_IMAGE image = blf_published();
    const struct blf_root* root = blf_root_in(image);
    if (!dentry || !mount || !root) return 0;
    dentry = BLF_UNTRUSTED(dentry, dentry);
    mount = BLF_UNTRUSTED(vfsmount, mount);
    __u64 asked = blf_asked_about(root, 0);
    if (asked & ~BLF_COMPARABLE) return 0;
    if (!(asked & ~BLF_ALIKE ? blf_set_task(&asker, root) : blf_set_alike(&asker, root))) return 0;
    if (!blf_quick_entry(&entry, image, dentry, mount, inode)) return 0;
    blf_ask_entry_of(&question, &entry, ask);
    return blf_is_known_answer(&asker, &question);
}

#endif
