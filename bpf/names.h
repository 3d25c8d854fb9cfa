/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Names: made, removed, moved, given to a file a second time.
 */
#ifndef BAILIFF_BPF_NAMES_H
#define BAILIFF_BPF_NAMES_H

#include "bpf/ask.h"

/* 0 in the mode stands for a regular file, as mknod(2) has it. */
SEC("lsm/path_mknod")
int BPF_PROG(blf_path_mknod, const struct path* directory, struct dentry* dentry, __u16 mode) {
    __u32 kind = mode & S_IFMT;
    __u32 ask = !kind || kind == S_IFREG ? BLF_ASK_FILE_CREATE : BLF_ASK_FILE_MKNOD;
    return blf_ask_entry(BLF_HOOK_path_mknod, directory, dentry, ask);
}

SEC("lsm/path_unlink")
int BPF_PROG(blf_path_unlink, const struct path* directory, struct dentry* dentry) {
    return blf_ask_entry(BLF_HOOK_path_unlink, directory, dentry, BLF_ASK_FILE_DELETE);
}

SEC("lsm/path_symlink")
int BPF_PROG(blf_path_symlink, const struct path* directory, struct dentry* dentry) {
    return blf_ask_entry(BLF_HOOK_path_symlink, directory, dentry, BLF_ASK_FILE_SYMLINK);
}

SEC("lsm/path_mkdir")
int BPF_PROG(blf_path_mkdir, const struct path* directory, struct dentry* dentry) {
    return blf_ask_entry(BLF_HOOK_path_mkdir, directory, dentry, BLF_ASK_FILE_MKDIR);
}

SEC("lsm/path_rmdir")
int BPF_PROG(blf_path_rmdir, const struct path* directory, struct dentry* dentry) {
    return blf_ask_entry(BLF_HOOK_path_rmdir, directory, dentry, BLF_ASK_FILE_RMDIR);
}

static __attribute__((noinline)) void blf_set_object(struct blf_object* object,
                                                     struct dentry* dentry,
                                                     struct vfsmount* mount) {
    object->dentry = blf_number(dentry);
    object->mount = blf_number(mount) - BLF_OFFSET(mount, mnt);
    object->inode = blf_number(dentry->d_inode);
    object->nameless = 0;
    object->directory = blf_is_directory(dentry);
}

BLF_INLINE int blf_decide_move_of(struct dentry* from, struct dentry* to, struct vfsmount* mount,
                                  __u32 asks) {
    struct blf_task* task = blf_take_task();
    if (!task) return blf_decision(NULL, asks);
    blf_set_object(&task->move_from, from, mount);
    blf_set_object(&task->move_to, to, mount);
    return blf_decide_with(task, asks | BLF_TWO_NAMES);
}

/* No rule is near either name. A directory may have rules below it: it is looked at closer. */
BLF_INLINE __u32 blf_quick_move(struct dentry* from, struct dentry* to, struct vfsmount* mount) {
    if (blf_is_directory(from) || blf_is_directory(to)) return 0;
    if (from->d_parent == to->d_parent) return blf_quick_untouched_pair(from, to, mount);
    return blf_quick_untouched(from, mount, from->d_inode, 0) &&
           blf_quick_untouched(to, mount, to->d_inode, 0);
}

BLF_INLINE int blf_ask_move(__u32 hook, struct dentry* from, const struct path* to_directory,
                            struct dentry* to, __u32 asks) {
    struct vfsmount* mount = to_directory ? to_directory->mnt : NULL;
    if (blf_is_probed(hook)) return blf_prove();
    if (!from || !to || !mount)
        return blf_answer_kernel(blf_decide_unseen(asks & 0xff, BLF_REASON_NOT_SEEN));
    from = BLF_UNTRUSTED(dentry, from);
    to = BLF_UNTRUSTED(dentry, to);
    mount = BLF_UNTRUSTED(vfsmount, mount);
    if (blf_quick_move(from, to, mount)) return 0;
    /* no constant, for each of which verifiers would follow the rest again */
    return blf_answer_kernel(blf_decide_move_of(from, to, mount, BLF_VALUE(asks)));
}

/* Both names are seen through one mount: the kernel refuses others (EXDEV). */
SEC("lsm/path_link")
int BPF_PROG(blf_path_link, struct dentry* from, const struct path* directory, struct dentry* to) {
    return blf_ask_move(BLF_HOOK_path_link, from, directory, to,
                        BLF_ASKS(FILE_LINK_FROM, FILE_LINK_TO));
}

/* What has a name, and will be gone from it. */
BLF_INLINE __u32 blf_ask_of_replaced(struct dentry* dentry) {
    return blf_is_directory(dentry) ? BLF_ASK_FILE_MOVE_DIRECTORY_OVER : BLF_ASK_FILE_RENAME_OVER;
}

BLF_INLINE __u32 blf_asks_of_rename(struct dentry* from, struct dentry* to, __u32 flags) {
    __u32 directory = blf_is_directory(from);
    if (flags & RENAME_EXCHANGE)
        return blf_ask_of_replaced(from) | blf_ask_of_replaced(to) << 8 | BLF_BOTH_WAYS;
    __u32 ask = directory ? BLF_ASK_FILE_MOVE_DIRECTORY_FROM : BLF_ASK_FILE_RENAME_FROM;
    if (to && !BLF_IS_NULL(to->d_inode)) return ask | blf_ask_of_replaced(to) << 8;
    return ask | (directory ? BLF_ASK_FILE_MOVE_DIRECTORY_TO : BLF_ASK_FILE_RENAME_TO) << 8;
}

SEC("lsm/path_rename")
int BPF_PROG(blf_path_rename, const struct path* from_directory, struct dentry* from,
             const struct path* to_directory, struct dentry* to, unsigned int flags) {
    return blf_ask_move(BLF_HOOK_path_rename, from, to_directory, to,
                        blf_asks_of_rename(from, to, flags));
}

#endif
