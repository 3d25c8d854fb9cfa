/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Writing 0 to kernel.ftrace_enabled switches off every BPF LSM program, silently (6.1 to 6.18):
 * links stay listed, hooks are no longer called. The guard refuses the write while a policy is
 * enforced, to everyone: at the open, and at the write through a descriptor opened before.
 *
 * The file is known by its superblock's magic and the names of its dentries, not by a path or an
 * inode number: a second proc mount has others. A name of proc is never renamed, so no d_seq.
 */
#ifndef BAILIFF_BPF_GUARD_H
#define BAILIFF_BPF_GUARD_H

#include "bpf/maps.h"
#include "bpf/proof.h"

BLF_INLINE int blf_dentry_is(struct dentry* dentry, const char* name, __u32 size) {
    char bytes[16] = {};
    if (dentry->d_name.len != size - 1 || size > sizeof(bytes)) return 0;
    if (bpf_probe_read_kernel(bytes, size - 1, dentry->d_name.name)) return 0;
    for (__u32 i = 0; i < size - 1; i++)
        if (bytes[i] != name[i]) return 0;
    return 1;
}

static __attribute__((noinline)) int blf_is_ftrace_switch(struct dentry* dentry) {
    struct dentry* kernel = dentry->d_parent;
    if (!kernel) return 0;
    struct dentry* sys = kernel->d_parent;
    if (!sys) return 0;
    return blf_dentry_is(dentry, "ftrace_enabled", sizeof("ftrace_enabled")) &&
           blf_dentry_is(kernel, "kernel", sizeof("kernel")) &&
           blf_dentry_is(sys, "sys", sizeof("sys"));
}

/* Generation 0 is the empty image: nothing is enforced, so there is nothing to guard. */
BLF_INLINE int blf_something_enforced(void) {
    const struct blf_root* root = blf_root_in(blf_published());
    return root && root->generation;
}

/* A write to the switch? `dentry` may be NULL. */
BLF_INLINE int blf_guard_refuses(struct file* file) {
    struct dentry* dentry = file->f_path.dentry;
    if (!dentry) return 0;
    struct super_block* super = dentry->d_sb;
    if (!super || super->s_magic != PROC_SUPER_MAGIC) return 0;
    return blf_is_ftrace_switch(dentry) && blf_something_enforced();
}

BLF_INLINE int blf_guard_refuses_use(struct file* file, int mask) {
    return (mask & (MAY_WRITE | MAY_APPEND)) && blf_guard_refuses(file);
}

SEC("lsm/file_permission")
int BPF_PROG(blf_file_permission, struct file* file, int mask) {
    if (blf_is_probed(BLF_HOOK_file_permission)) return -BLF_PROOF_ERRNO;
    return file && blf_guard_refuses_use(file, mask) ? -EPERM : 0;
}

#endif
