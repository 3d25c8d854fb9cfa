/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Settings of the kernel: the files below sys/ of any procfs. They are changed by writing them, and
 * in no other way that is theirs.
 */
#ifndef BAILIFF_BPF_SYSCTL_H
#define BAILIFF_BPF_SYSCTL_H

#include "bpf/guard.h"
#include "bpf/place.h"

BLF_INLINE __u32 blf_is_called_sys(__u64 dentry) {
    __u64 name = dentry + BLF_OFFSET(dentry, d_name);
    __u32 bytes = blf_read_word(blf_read_pointer(name + BLF_OFFSET(qstr, name)));
    return blf_read_word(name + BLF_OFFSET(qstr, len)) == 3 &&
           (bytes & 0xffffff) == ('s' | 'y' << 8 | 's' << 16);
}

/* Is it below sys/? What lies deeper than anything that is known is taken for it. */
static __attribute__((noinline)) __u32 blf_is_setting(__u64 dentry) {
#pragma clang loop unroll(disable)
    for (__u32 i = 0; i < BLF_SETTING_DEPTH; i++) {
        __u64 parent = blf_parent_of(dentry);
        if (!parent || parent == dentry) return 0;
        if (blf_parent_of(parent) == parent) return i && blf_is_called_sys(dentry);
        dentry = parent;
    }
    return 1;
}

BLF_INLINE int blf_ask_setting(struct file* file) {
    struct blf_details details = {.first_text = BLF_TEXT_OF_SETTING};
    struct dentry* dentry = file->f_path.dentry;
    struct super_block* super = dentry ? dentry->d_sb : NULL;
    if (!super || super->s_magic != PROC_SUPER_MAGIC) return 0;
    __u64 setting = blf_number(dentry);
    if (!blf_is_setting(setting)) return 0;
    BLF_TEXT_OF(&details, NAME) = setting;
    return blf_answer_kernel(blf_decide_details(&details, BLF_ASK_KERNEL_SYSCTL));
}

/* Without a file the operation is as undecidable as its name. */
BLF_INLINE int blf_ask_unseen_setting(void) {
    return blf_answer_kernel(blf_decide_unseen(BLF_ASK_KERNEL_SYSCTL, BLF_REASON_NOT_SEEN));
}

SEC("lsm/file_open")
int BPF_PROG(blf_sysctl_open, struct file* file) {
    if (blf_is_probed(BLF_HOOK_sysctl_open)) return blf_prove();
    if (!file) return blf_ask_unseen_setting();
    return file->f_mode & FMODE_WRITE ? blf_ask_setting(file) : 0;
}

SEC("lsm/file_permission")
int BPF_PROG(blf_sysctl_write, struct file* file, int mask) {
    if (blf_is_probed(BLF_HOOK_sysctl_write)) return blf_prove();
    if (!(mask & (MAY_WRITE | MAY_APPEND))) return 0;
    return file ? blf_ask_setting(file) : blf_ask_unseen_setting();
}

#endif
