/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The fields of kernel structures that the programs read, and nothing else. Offsets are relocated
 * against the running kernel's BTF when loading (CO-RE), so order and completeness do not matter.
 */
#ifndef BAILIFF_BPF_KERNEL_H
#define BAILIFF_BPF_KERNEL_H

#include "abi/types.h"

typedef _Bool bool;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

enum {
    BPF_ANY = 0,
    BPF_MAP_TYPE_ARRAY = 2,
    BPF_MAP_TYPE_ARRAY_OF_MAPS = 12,
    BPF_MAP_TYPE_TASK_STORAGE = 29,
    BPF_F_NO_PREALLOC = 1u << 0,
    BPF_F_MMAPABLE = 1u << 10,
    BPF_F_INNER_MAP = 1u << 12,
    BPF_LOCAL_STORAGE_GET_F_CREATE = 1u << 0,
};

#define EPERM 1
#define PROC_SUPER_MAGIC 0x9fa0

/* include/linux/fs.h, include/uapi/asm-generic/fcntl.h */
#define FMODE_READ 0x1
#define FMODE_WRITE 0x2
#define FMODE_EXEC_FLAG 0x20 /* __FMODE_EXEC in f_flags: the kernel opens it to execute it */
#define O_TRUNC 01000
#define MAY_WRITE 0x2
#define MAY_APPEND 0x8

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct qstr {
    union {
        struct {
            __u32 hash;
            __u32 len;
        };
        __u64 hash_len;
    };
    const unsigned char* name;
};

struct seqcount {
    unsigned int sequence;
};

struct seqcount_spinlock {
    struct seqcount seqcount;
};

struct super_block {
    unsigned long s_magic;
};

struct inode;

struct dentry {
    struct seqcount_spinlock d_seq;
    struct dentry* d_parent;
    struct qstr d_name;
    struct inode* d_inode;
    struct super_block* d_sb;
};

struct vfsmount {
    struct dentry* mnt_root;
};

/* seq: 6.1, 6.12, where an anonymous namespace has 0; is_anon: 7.x */
struct mnt_namespace {
    __u64 seq;
    bool is_anon;
};

struct mount {
    struct mount* mnt_parent;
    struct dentry* mnt_mountpoint;
    struct vfsmount mnt;
    struct mnt_namespace* mnt_ns;
};

struct path {
    struct vfsmount* mnt;
    struct dentry* dentry;
};

struct file {
    struct path f_path;
    unsigned int f_flags;
    unsigned int f_mode;
};

typedef struct {
    __u32 val;
} kuid_t;

struct cred {
    kuid_t euid;
};

struct mm_struct {
    struct file* exe_file;
};

struct task_struct {
    struct mm_struct* mm;
    const struct cred* cred;
    __u64 self_exec_id;
};

#pragma clang attribute pop

#endif
