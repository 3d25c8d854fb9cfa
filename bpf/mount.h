/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Mounts and namespaces. The object is where something is mounted, or is to be.
 *
 * What the kernel asks nobody about: open_tree(2), fsmount(2), mount_setattr(2). What they make is
 * in no namespace until move_mount(2), which is asked about; of mount_setattr nothing is seen.
 */
#ifndef BAILIFF_BPF_MOUNT_H
#define BAILIFF_BPF_MOUNT_H

#include "bpf/own.h"
#include "bpf/place.h"

/* In the order in which the kernel looks at them (path_mount()). */
BLF_INLINE __u32 blf_ask_of_mount(__u64 flags) {
    if (flags & MS_REMOUNT) return BLF_ASK_MOUNT_REMOUNT;
    if (flags & MS_BIND) return BLF_ASK_MOUNT_BIND;
    if (flags & MS_PROPAGATION) return BLF_ASK_MOUNT_REMOUNT;
    if (flags & MS_MOVE) return BLF_ASK_MOUNT_MOVE;
    return BLF_ASK_MOUNT;
}

SEC("lsm/sb_mount")
int BPF_PROG(blf_sb_mount, const char* source, const struct path* path, const char* type,
             unsigned long flags) {
    struct blf_details details = {};
    if (blf_is_probed(BLF_HOOK_sb_mount)) return blf_prove();
    BLF_TEXT_OF(&details, NAME) = blf_number(type);
    BLF_TEXT_OF(&details, SOURCE) = blf_number(source);
    details.mount_flags = flags & MS_OF_CALLS;
    return blf_ask_place(path, &details, blf_ask_of_mount(flags));
}

BLF_INLINE __u64 blf_name_of_type(struct super_block* super) {
    struct file_system_type* type = super ? super->s_type : NULL;
    return type ? blf_number(type->name) : 0;
}

/* A file system that is at no place yet. Bailiff makes one to prove that it is asked. */
SEC("lsm/sb_kern_mount")
int BPF_PROG(blf_sb_kern_mount, struct super_block* super) {
    struct blf_details details = {};
    if (blf_is_probed(BLF_HOOK_sb_kern_mount)) return blf_prove();
    if (blf_is_own()) return 0;
    BLF_TEXT_OF(&details, NAME) = blf_name_of_type(super);
    details.mount_flags = super ? super->s_flags & MS_RDONLY : 0;
    return blf_answer_kernel(blf_decide_details(&details, BLF_ASK_MOUNT));
}

BLF_INLINE __u64 blf_flags_of_mount(__u32 flags) {
    return (flags & MNT_NOSUID ? MS_NOSUID : 0) | (flags & MNT_NODEV ? MS_NODEV : 0) |
           (flags & MNT_NOEXEC ? MS_NOEXEC : 0) | (flags & MNT_READONLY ? MS_RDONLY : 0);
}

/* From a place, where it is moved away, or out of no namespace. */
SEC("lsm/move_mount")
int BPF_PROG(blf_move_mount, const struct path* from, const struct path* to) {
    struct blf_details details = {};
    if (blf_is_probed(BLF_HOOK_move_mount)) return blf_prove();
    struct vfsmount* moved = from ? from->mnt : NULL;
    if (!moved) return blf_answer_kernel(blf_decide_unseen(BLF_ASK_MOUNT, BLF_REASON_NOT_SEEN));
    __u64 mount = blf_number(moved) - BLF_OFFSET(mount, mnt);
    BLF_TEXT_OF(&details, NAME) = blf_name_of_type(moved->mnt_sb);
    BLF_TEXT_OF(&details, SOURCE) = blf_read_pointer(mount + BLF_OFFSET(mount, mnt_devname));
    details.mount_flags = blf_flags_of_mount(moved->mnt_flags);
    if (blf_is_nowhere(mount)) return blf_ask_place(to, &details, BLF_ASK_MOUNT_NEW_API);
    int answer = blf_ask_place(from, &details, BLF_ASK_MOUNT_MOVE);
    return answer ? answer : blf_ask_place(to, &details, BLF_ASK_MOUNT_MOVE);
}

SEC("lsm/sb_umount")
int BPF_PROG(blf_sb_umount, struct vfsmount* mount) {
    if (blf_is_probed(BLF_HOOK_sb_umount)) return blf_prove();
    struct dentry* root = mount ? mount->mnt_root : NULL;
    return blf_ask_dentry_at(root, mount, BLF_ASK_UMOUNT);
}

SEC("lsm/sb_pivotroot")
int BPF_PROG(blf_sb_pivotroot, const struct path* old_root, const struct path* new_root) {
    if (blf_is_probed(BLF_HOOK_sb_pivotroot)) return blf_prove();
    return blf_ask_place(new_root, NULL, BLF_ASK_PIVOT_ROOT);
}

SEC("lsm/path_chroot")
int BPF_PROG(blf_path_chroot, const struct path* path) {
    if (blf_is_probed(BLF_HOOK_path_chroot)) return blf_prove();
    return blf_ask_place(path, NULL, BLF_ASK_CHROOT);
}

SEC("lsm/userns_create")
int BPF_PROG(blf_userns_create, const struct cred* cred) {
    return blf_ask_bare(BLF_HOOK_userns_create, BLF_ASK_NAMESPACE_USER);
}

#endif
