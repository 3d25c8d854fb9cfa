/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Whether what was read of a file is what others are given of it.
 */
#ifndef BAILIFF_BPF_TRUST_H
#define BAILIFF_BPF_TRUST_H

#include "bpf/kernel.h"

#define SB_I_IMA_UNVERIFIABLE_SIGNATURE 0x20 /* include/linux/fs.h */

/* The kernel marks FUSE so, whose server may give each reader something else. A file system that
 * was mounted in a user namespace lies on what its user chose. Memory files are run while they are
 * written: making one counts no writer. */
BLF_INLINE __u32 blf_may_change_unseen(struct file* file) {
    struct vfsmount* mount = file->f_path.mnt;
    struct inode* inode = file->f_inode;
    struct super_block* super = inode ? inode->i_sb : NULL;
    struct user_namespace* user_ns = super ? super->s_user_ns : NULL;
    return !mount || (mount->mnt_flags & MNT_INTERNAL) || !user_ns || user_ns->level ||
           (super->s_iflags & SB_I_IMA_UNVERIFIABLE_SIGNATURE);
}

#endif
