/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What the kernel keeps about a file beside its content: permissions, owner, times, attributes.
 */
#ifndef BAILIFF_BPF_ATTRIBUTES_H
#define BAILIFF_BPF_ATTRIBUTES_H

#include "bpf/ask.h"

/* Set by the loader: inode_setattr has an idmap before its dentry (6.3: c1632a0f1120). */
const volatile __u32 blf_setattr_has_idmap;

SEC("lsm/path_chmod")
int BPF_PROG(blf_path_chmod, const struct path* path) {
    return blf_ask_path(BLF_HOOK_path_chmod, path, BLF_ASK_FILE_CHMOD, 0);
}

SEC("lsm/path_chown")
int BPF_PROG(blf_path_chown, const struct path* path) {
    return blf_ask_path(BLF_HOOK_path_chown, path, BLF_ASK_FILE_CHOWN, 0);
}

SEC("lsm/inode_getattr")
int BPF_PROG(blf_inode_getattr, const struct path* path) {
    return blf_ask_path(BLF_HOOK_inode_getattr, path, BLF_ASK_FILE_STAT, 1);
}

/* Times alone: all else has a hook of its own that knows the mount. */
BLF_INLINE __u32 blf_sets_times(const struct iattr* attributes) {
    __u32 valid = attributes ? attributes->ia_valid : 0;
    return (valid & (ATTR_ATIME | ATTR_MTIME)) &&
           !(valid & (ATTR_SIZE | ATTR_MODE | ATTR_UID | ATTR_GID));
}

BLF_INLINE int blf_ask_times(struct dentry* dentry, const struct iattr* attributes) {
    if (!blf_sets_times(attributes)) return 0;
    return blf_ask_anywhere(BLF_HOOK_inode_setattr, dentry, BLF_ASK_FILE_SETATTR);
}

SEC("lsm/inode_setattr")
int blf_inode_setattr(__u64* arguments) {
    if (blf_setattr_has_idmap)
        return blf_ask_times((struct dentry*)arguments[1], (const struct iattr*)arguments[2]);
    return blf_ask_times((struct dentry*)arguments[0], (const struct iattr*)arguments[1]);
}

/* Before 6.2 access control lists are set as these attributes (inode_set_acl: 72b3897e7824). */
BLF_INLINE __u32 blf_ask_of_attribute(const char* name) {
    static const char kAcl[] = "system.posix_acl_";
    char begin[sizeof(kAcl) - 1] = {};
    bpf_probe_read_kernel(begin, sizeof(begin), name);
    for (__u32 i = 0; i < sizeof(begin); i++)
        if (begin[i] != kAcl[i]) return BLF_ASK_FILE_XATTR;
    return BLF_ASK_FILE_SETATTR;
}

SEC("lsm/inode_setxattr")
int BPF_PROG(blf_inode_setxattr, void* idmap, struct dentry* dentry, const char* name) {
    return blf_ask_anywhere(BLF_HOOK_inode_setxattr, dentry, blf_ask_of_attribute(name));
}

SEC("lsm/inode_removexattr")
int BPF_PROG(blf_inode_removexattr, void* idmap, struct dentry* dentry, const char* name) {
    return blf_ask_anywhere(BLF_HOOK_inode_removexattr, dentry, blf_ask_of_attribute(name));
}

SEC("lsm/inode_set_acl")
int BPF_PROG(blf_inode_set_acl, void* idmap, struct dentry* dentry) {
    return blf_ask_anywhere(BLF_HOOK_inode_set_acl, dentry, BLF_ASK_FILE_SETATTR);
}

SEC("lsm/inode_remove_acl")
int BPF_PROG(blf_inode_remove_acl, void* idmap, struct dentry* dentry) {
    return blf_ask_anywhere(BLF_HOOK_inode_remove_acl, dentry, BLF_ASK_FILE_SETATTR);
}

SEC("lsm/inode_file_setattr")
int BPF_PROG(blf_inode_file_setattr, struct dentry* dentry) {
    return blf_ask_anywhere(BLF_HOOK_inode_file_setattr, dentry, BLF_ASK_FILE_SETATTR);
}

#endif
