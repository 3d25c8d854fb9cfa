/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Files that are open and that no rule is about, so that reading and writing them costs a look at
 * one entry. Nothing else is remembered here: a file that a rule is about is judged at each use.
 *
 * An entry holds for one image, one "now" (bpf/now.h) and one d_seq of the file's dentry, which a
 * rename changes. While it is open, a file keeps its dentry and its mount, and they the directory;
 * and before an address is used for another file, that one's open (blf_forget_file()) takes it out.
 * Pipes, sockets and memory are made without being opened: their dentries are their own parents,
 * and where something is asked about them, such a file is not known (blf_is_known_file()).
 */
#ifndef BAILIFF_BPF_OPENED_H
#define BAILIFF_BPF_OPENED_H

#include "bpf/guard.h"
#include "bpf/now.h"
#include "bpf/seqlock.h"

/* Set by the loader: file_open is attached, which forgets, and file_access, which has the gain. */
const volatile __u32 blf_remembers_files;

#define BLF_OPENED 4096

struct blf_opened {
    __u64 seq;  /* odd while it is written */
    __u64 file; /* blf_opened_key() */
    __u64 dentry;
    __u64 d_seq;
    __u64 now;
    __u64 image;
    __u64 pad[2];
};
BLF_STATIC_ASSERT(sizeof(struct blf_opened) == 64, "an entry is a cache line");

/* A global: reached without a look-up. */
static struct blf_opened blf_opened[BLF_OPENED] __attribute__((aligned(64)));

/* Which file it is: a difference of pointers, which verifiers take for a number; a quarter of what
 * blf_number() costs. */
BLF_INLINE __u64 blf_opened_key(const struct file* file) {
    __u64 key = (__u64)file;
    asm("%0 -= %1" : "+r"(key) : "r"(blf_opened));
    return key;
}

BLF_INLINE struct blf_opened* blf_opened_at(__u64 key) {
    return &blf_opened[key * 0x9e3779b97f4a7c15ULL >> 52 & (BLF_OPENED - 1)];
}

/* What an entry about this file is to say at this moment. Returns 0 where nothing can be said. */
BLF_INLINE __u32 blf_opened_now(struct blf_opened* entry, struct file* file) {
    struct dentry* dentry = file->f_path.dentry;
    if (!dentry) return 0;
    entry->file = blf_opened_key(file);
    entry->dentry = (__u64)dentry;
    entry->d_seq = BLF_ONCE(dentry->d_seq.seqcount.sequence);
    entry->now = blf_now();
    entry->image = (__u64)blf_published();
    return blf_is_steady(entry->now) && !(entry->d_seq & 1);
}

/* Writes to what the guard looks at are looked at each time. */
BLF_INLINE __u32 blf_is_in_proc(struct file* file) {
    struct dentry* dentry = file->f_path.dentry;
    struct super_block* super = dentry ? dentry->d_sb : NULL;
    return !super || super->s_magic == PROC_SUPER_MAGIC;
}

/* `seen`: what blf_opened_now() said before the look at the file that found no rule. */
BLF_INLINE void blf_remember_file(const struct blf_opened* seen) {
    struct blf_opened* entry = blf_opened_at(seen->file);
    if (!blf_begin_write(&entry->seq)) return;
    BLF_ONCE(entry->file) = seen->file;
    BLF_ONCE(entry->dentry) = seen->dentry;
    BLF_ONCE(entry->d_seq) = seen->d_seq;
    BLF_ONCE(entry->now) = seen->now;
    BLF_ONCE(entry->image) = seen->image;
    blf_end_write(&entry->seq);
}

/* At its open. Who is writing the entry meanwhile writes another file's: this one is nobody's yet.
 */
BLF_INLINE void blf_forget_file(struct file* file) {
    __u64 key = blf_opened_key(file);
    struct blf_opened* entry = blf_opened_at(key);
    if (BLF_ONCE(entry->file) == key) BLF_ONCE(entry->file) = 0;
}

/* In this order for the sake of what it costs: nothing has to be kept across a call. An entry has a
 * dentry. */
BLF_INLINE __u32 blf_is_remembered_file(struct file* file) {
    __u64 image = (__u64)blf_published(), now = blf_now(), key = blf_opened_key(file);
    struct dentry* dentry = file->f_path.dentry;
    const struct blf_opened* entry = blf_opened_at(key);
    __u64 seq = BLF_ONCE(entry->seq);
    return BLF_ONCE(entry->file) == key && BLF_ONCE(entry->now) == now &&
           BLF_ONCE(entry->image) == image && BLF_ONCE(entry->dentry) == (__u64)dentry &&
           BLF_ONCE(entry->d_seq) == BLF_ONCE(dentry->d_seq.seqcount.sequence) &&
           blf_was_whole(&entry->seq, seq);
}

/* For uses about which memory is asked too. */
BLF_INLINE __u32 blf_is_known_file(struct file* file) {
    struct dentry* dentry = file->f_path.dentry;
    return blf_remembers_files && dentry && dentry->d_parent != dentry &&
           blf_is_remembered_file(file);
}

#endif
