/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What is remembered of a directory, as seen through a mount: the states of its two paths. An open
 * in a remembered directory costs the same at any depth.
 *
 * An array, two entries a set, the set chosen by the inode's address; not inode storage, which
 * 7.3 refuses for a parent directory and which can corrupt the kernel when created for an inode
 * that nobody holds. An entry holds for one image and one "now" (bpf/now.h), and is read and
 * written like a seqlock (bpf/seqlock.h).
 *
 * An inode that goes is forgotten by its address, before the address can be used again
 * (inode_free_security). Who remembers holds no reference on the directory, only on a file in it:
 * see blf_remember().
 */
#ifndef BAILIFF_BPF_DIRECTORIES_H
#define BAILIFF_BPF_DIRECTORIES_H

#include "bpf/now.h"
#include "bpf/proof.h"
#include "bpf/seqlock.h"

#define BLF_DIRECTORY_SETS 8192

/* What a directory is known by, and for what its states hold. `mount` is the struct vfsmount. The
 * image is known by the address of its map: the loader lets a directory move before it publishes,
 * so an address that is used again comes with another "now". */
struct blf_place {
    __u64 inode;
    __u64 mount;
    __u64 now;
    __u64 image;
};

/* What is remembered of it. */
struct blf_memory {
    __u64 filter;  /* of both states: decide/filter.h */
    __u32 visible; /* states */
    __u32 canonical;
    __u32 tags; /* not 0: the image has tags */
    __u32 pad;
};

struct blf_directory {
    __u64 seq; /* odd while it is written */
    struct blf_place place;
    struct blf_memory memory;
};
BLF_STATIC_ASSERT(sizeof(struct blf_directory) == 64, "an entry is a cache line");

struct blf_directory_set {
    struct blf_directory way[2];
};

/* A global: reached without a look-up. */
static struct blf_directory_set blf_directories[BLF_DIRECTORY_SETS] __attribute__((aligned(64)));

BLF_INLINE struct blf_directory_set* blf_directory_set(__u64 inode) {
    return &blf_directories[inode * 0x9e3779b97f4a7c15ULL >> 51 & (BLF_DIRECTORY_SETS - 1)];
}

/* 1, or 0. */
BLF_INLINE __u32 blf_recall_way(const struct blf_directory* entry, const struct blf_place* place,
                                struct blf_memory* memory) {
    __u64 seq = BLF_ONCE(entry->seq);
    if (BLF_ONCE(entry->place.inode) != place->inode ||
        BLF_ONCE(entry->place.mount) != place->mount || BLF_ONCE(entry->place.now) != place->now ||
        BLF_ONCE(entry->place.image) != place->image)
        return 0;
    memory->filter = BLF_ONCE(entry->memory.filter);
    memory->visible = BLF_ONCE(entry->memory.visible);
    memory->canonical = BLF_ONCE(entry->memory.canonical);
    memory->tags = BLF_ONCE(entry->memory.tags);
    return blf_was_whole(&entry->seq, seq);
}

BLF_INLINE __u32 blf_recall(const struct blf_place* place, struct blf_memory* memory) {
    const struct blf_directory_set* set = blf_directory_set(place->inode);
    return blf_recall_way(&set->way[0], place, memory) ||
           blf_recall_way(&set->way[1], place, memory);
}

/* An entry that is being written meanwhile is not missed: either it becomes another directory's, or
 * its writer looks again afterwards. */
BLF_INLINE void blf_forget(__u64 inode) {
    struct blf_directory_set* set = blf_directory_set(inode);
#pragma GCC unroll 2
    for (__u32 i = 0; i < 2; i++) {
        struct blf_directory* entry = &set->way[i];
        if (BLF_ONCE(entry->place.inode) != inode || !blf_begin_write(&entry->seq)) continue;
        if (entry->place.inode == inode) BLF_ONCE(entry->place.inode) = 0;
        blf_end_write(&entry->seq);
    }
}

/* The entry to overwrite: one that holds no longer, or this place's own; else by the address. */
BLF_INLINE struct blf_directory* blf_entry_for(struct blf_directory_set* set,
                                               const struct blf_place* place) {
#pragma GCC unroll 2
    for (__u32 i = 0; i < 2; i++) {
        struct blf_directory* entry = &set->way[i];
        if (BLF_ONCE(entry->place.now) != place->now) return entry;
        if (BLF_ONCE(entry->place.inode) == place->inode &&
            BLF_ONCE(entry->place.mount) == place->mount)
            return entry;
    }
    return (place->inode >> 7 ^ place->mount >> 7) & 1 ? &set->way[1] : &set->way[0];
}

/* The caller must look afterwards whether the file that it holds is still in this directory, and
 * forget it again when it is not: then the directory may have gone before it was remembered. While
 * it is there, the file keeps the directory from going. */
BLF_INLINE void blf_remember(const struct blf_place* place, const struct blf_memory* memory) {
    struct blf_directory_set* set = blf_directory_set(place->inode);
    struct blf_directory* entry = blf_entry_for(set, place);
    if (!blf_begin_write(&entry->seq)) return;
    BLF_ONCE(entry->place.inode) = place->inode;
    BLF_ONCE(entry->place.mount) = place->mount;
    BLF_ONCE(entry->place.now) = place->now;
    BLF_ONCE(entry->place.image) = place->image;
    BLF_ONCE(entry->memory.filter) = memory->filter;
    BLF_ONCE(entry->memory.visible) = memory->visible;
    BLF_ONCE(entry->memory.canonical) = memory->canonical;
    BLF_ONCE(entry->memory.tags) = memory->tags;
    blf_end_write(&entry->seq);
}

SEC("lsm/inode_free_security")
int BPF_PROG(blf_inode_free_security, struct inode* inode) {
    blf_is_probed(BLF_HOOK_inode_free_security);
    if (inode) blf_forget(blf_number(inode));
    return 0;
}

#endif
