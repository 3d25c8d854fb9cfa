/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What the hooks have in common: an object as a hook gives it, and the answer to one request about
 * it.
 */
#ifndef BAILIFF_BPF_ASK_H
#define BAILIFF_BPF_ASK_H

#include "bpf/decision.h"
#include "bpf/opened.h"
#include "bpf/proof.h"
#include "bpf/quick.h"

BLF_INLINE __u32 blf_is_directory(struct dentry* dentry) {
    struct inode* inode = dentry ? dentry->d_inode : NULL;
    return !BLF_IS_NULL(inode) && (inode->i_mode & S_IFMT) == S_IFDIR;
}

/* `mount` may be NULL: then there is no visible name. */
BLF_INLINE int blf_decide_dentry(struct dentry* dentry, struct vfsmount* mount, struct inode* inode,
                                 __u32 ask) {
    struct blf_object object = {
        .dentry = blf_number(dentry),
        .mount = mount ? blf_number(mount) - BLF_OFFSET(mount, mnt) : 0,
        .inode = blf_number(inode),
    };
    return blf_answer_kernel(blf_decide_object(&object, ask));
}

/* The answer of a hook about a dentry below a mount, for its own proof or for the kernel. `often`,
 * a constant: what was asked before is compared by the hook itself. Kernels take their time to
 * verify that, so hooks that are asked less often leave it to the decider. */
BLF_INLINE int blf_ask_dentry(__u32 hook, struct dentry* dentry, struct vfsmount* mount, __u32 ask,
                              __u32 often) {
    if (blf_is_probed(hook)) return blf_prove();
    if (!dentry || !mount) return blf_answer_kernel(blf_decide_unseen(ask, BLF_REASON_NOT_SEEN));
    struct inode* inode = dentry->d_inode;
    if (blf_quick_untouched(dentry, mount, inode, 0)) return 0;
    if (often && blf_was_asked_of(dentry, mount, inode, ask)) return 0;
    return blf_decide_dentry(dentry, mount, inode, ask);
}

BLF_INLINE int blf_ask_path(__u32 hook, const struct path* path, __u32 ask, __u32 often) {
    if (!path) return blf_answer_kernel(blf_decide_unseen(ask, BLF_REASON_NOT_SEEN));
    return blf_ask_dentry(hook, path->dentry, path->mnt, ask, often);
}

/* A name in a directory that is given as a path. */
BLF_INLINE int blf_ask_entry(__u32 hook, const struct path* directory, struct dentry* dentry,
                             __u32 ask) {
    return blf_ask_dentry(hook, dentry, directory ? directory->mnt : NULL, ask, 0);
}

/* The hook has no mount: the canonical name alone is told. */
BLF_INLINE int blf_ask_anywhere(__u32 hook, struct dentry* dentry, __u32 ask) {
    if (blf_is_probed(hook)) return blf_prove();
    if (!dentry) return blf_answer_kernel(blf_decide_unseen(ask, BLF_REASON_NOT_SEEN));
    return blf_decide_dentry(dentry, NULL, dentry->d_inode, ask);
}

/* What one task may do with a file, another that has it open may not. */
BLF_INLINE __u32 blf_remembering_misleads(void) {
    if (!BLF_KNOWS_DEFAULTS) return 0;
    BLF_IMAGE image = blf_published();
    return !image || blf_closes_paths(image);
}

BLF_INLINE int blf_look_at_file(struct file* file) {
    struct blf_opened seen = {};
    __u32 lasts = blf_remembers_files && !blf_is_in_proc(file) && !blf_remembering_misleads() &&
                  blf_opened_now(&seen, file);
    lasts = BLF_VALUE(lasts);
    if (!blf_quick_untouched(file->f_path.dentry, file->f_path.mnt, file->f_inode, 0)) return 0;
    if (lasts) blf_remember_file(&seen);
    return 1;
}

/* A file that is open: can no rule be about it, whatever is asked? Out of line for the sake of the
 * stack. */
static __attribute__((noinline)) int blf_is_untouched_file(struct file* file) {
    return blf_is_known_file(file) || blf_look_at_file(file);
}

BLF_INLINE int blf_decide_file(struct file* file, __u32 kind) {
    __u32 ask = BLF_VALUE(kind);
    struct dentry* dentry = file->f_path.dentry;
    struct vfsmount* mount = file->f_path.mnt;
    if (!dentry || !mount) return blf_answer_kernel(blf_decide_unseen(ask, BLF_REASON_NOT_SEEN));
    return blf_decide_dentry(dentry, mount, file->f_inode, ask);
}

/* Of a hook that is asked often, see blf_ask_dentry(). Of which kind it is no verifier knows, or
 * would follow it for each. */
BLF_INLINE int blf_decide_file_often(struct file* file, __u32 kind) {
    __u32 ask = BLF_VALUE(kind);
    struct dentry* dentry = file->f_path.dentry;
    struct vfsmount* mount = file->f_path.mnt;
    if (dentry && mount && blf_was_asked_of(dentry, mount, file->f_inode, ask)) return 0;
    return blf_decide_file(file, ask);
}

BLF_INLINE int blf_ask_file(__u32 hook, struct file* file, __u32 ask) {
    if (blf_is_probed(hook)) return blf_prove();
    if (!file) return blf_answer_kernel(blf_decide_unseen(ask, BLF_REASON_NOT_SEEN));
    file = BLF_UNTRUSTED(file, file);
    return blf_is_untouched_file(file) ? 0 : blf_decide_file(file, ask);
}

/* Pipes, sockets, memory: nobody opens them by a name. */
BLF_INLINE __u32 blf_is_internal(struct file* file) {
    struct vfsmount* mount = file->f_path.mnt;
    return mount && (mount->mnt_flags & MNT_INTERNAL);
}

#endif
