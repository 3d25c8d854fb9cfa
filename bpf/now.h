/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * "Now", for what is remembered about names: a number that changes whenever a directory moves or a
 * mount tree changes, and says when one of them is just doing so.
 *
 * Directories: every move of a dentry, by rename(2) or by a file system that finds out about one
 * (d_splice_alias: network file systems, FUSE), passes __d_move() with rename_lock held, so one at
 * a time and without being preempted. Its beginning makes the number odd, its end even again and
 * new. A walk that saw the same even number before and after saw no directory move.
 *
 * Mounts: all changes of any mount tree, of mount points and of a superblock's list of mounts are
 * made under the seqlock mount_lock, whose sequence is odd meanwhile. The last use of a mount goes
 * through it too, so an address that is used again comes with a new number.
 *
 * Where the kernel does not tell the address of mount_lock (kernel.kptr_restrict=2, no
 * CONFIG_KALLSYMS_ALL), it is never a good time: nothing is remembered, every path is walked.
 */
#ifndef BAILIFF_BPF_NOW_H
#define BAILIFF_BPF_NOW_H

#include "bpf/read.h"

/* The address of the seqlock, set by the loader; 0: not told. */
const volatile __u64 blf_mount_lock;

/* Directory moves, twice; odd while one is made. Written under rename_lock only. */
volatile __u64 blf_moves;

#define BLF_NOW_UNSTEADY ((1ULL << 32) | 1)

BLF_INLINE __u64 blf_now(void) {
    __u64 lock = blf_mount_lock;
    __u64 mounts = lock ? blf_read_word(lock) : 1;
    return blf_moves << 32 | mounts;
}

BLF_INLINE __u32 blf_is_steady(__u64 now) {
    return !(now & BLF_NOW_UNSTEADY);
}

#endif
