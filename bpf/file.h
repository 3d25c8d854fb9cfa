/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Hooks of file operations: gather, classify, decide, act.
 */
#ifndef BAILIFF_BPF_FILE_H
#define BAILIFF_BPF_FILE_H

#include "bpf/guard.h"
#include "bpf/proof.h"
#include "bpf/quick.h"

/* What an open performs. The kernel's own open of a program it is about to execute is an open, but
 * reads nothing for the process; O_TRUNC writes, whatever the access mode. */
BLF_INLINE __u32 blf_ask_of_open(struct file* file) {
    __u32 mode = file->f_mode, flags = file->f_flags;
    __u32 read = (mode & FMODE_READ) && !(flags & FMODE_EXEC_FLAG);
    __u32 write = (mode & FMODE_WRITE) || (flags & O_TRUNC);
    if (read) return write ? BLF_ASK_FILE_OPEN_READ_WRITE : BLF_ASK_FILE_OPEN_READ;
    return write ? BLF_ASK_FILE_OPEN_WRITE : BLF_ASK_FILE_OPEN;
}

static __attribute__((noinline)) int blf_decide_file(struct file* file, __u32 ask) {
    struct dentry* dentry = file->f_path.dentry;
    struct vfsmount* mount = file->f_path.mnt;
    if (!dentry || !mount) return blf_decide_unseen(ask, BLF_REASON_NOT_SEEN);
    struct blf_object object = {
        .dentry = blf_number(dentry),
        .mount = blf_number(mount) - BLF_OFFSET(mount, mnt),
        .inode = blf_number(file->f_inode),
    };
    return blf_decide_object(&object, ask);
}

/* The loader's proof opens a mount's root, which is never decided quickly. */
SEC("lsm/file_open")
int BPF_PROG(blf_file_open, struct file* file) {
    if (!file) return blf_answer_kernel(blf_decide_unseen(BLF_ASK_FILE_OPEN, BLF_REASON_NOT_SEEN));
    if ((file->f_mode & FMODE_WRITE) && blf_guard_refuses(file)) return -EPERM;
    if (blf_quick_untouched(file)) return 0;
    if (blf_is_probed(BLF_HOOK_file_open)) return -BLF_PROOF_ERRNO;
    return blf_answer_kernel(blf_decide_file(file, blf_ask_of_open(file)));
}

#endif
