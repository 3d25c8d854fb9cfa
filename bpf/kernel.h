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
#define DCACHE_DISCONNECTED 0x20 /* include/linux/dcache.h, the same in 6.1, 6.12 and 7.3 */

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

/* Stands for "an unsigned long", see bpf/read.h; struct seqcount for "an unsigned int". */
struct cpumask {
    unsigned long bits[1];
};

struct list_head {
    struct list_head* next;
};

struct hlist_node {
    struct hlist_node* next;
};

struct hlist_head {
    struct hlist_node* first;
};

struct dentry;
struct mount;

struct super_block {
    __u32 s_dev;
    unsigned long s_magic;
    struct dentry* s_root;
    struct list_head s_mounts;
};

/* 7.x: one mount after the other by a pointer, the newest first; before: a list, the oldest first
 */
struct super_block___pointers {
    struct mount* s_mounts;
};

struct inode {
    unsigned short i_mode;
    struct super_block* i_sb;
    unsigned long i_ino;
    __u32 i_generation;
    struct hlist_head i_dentry;
};

struct dentry {
    unsigned int d_flags;
    struct seqcount_spinlock d_seq;
    struct dentry* d_parent;
    struct qstr d_name;
    struct inode* d_inode;
    struct super_block* d_sb;
    union {
        struct hlist_node d_alias;
    } d_u;
};

/* since 7.x the union has no name */
struct dentry___flat {
    struct hlist_node d_alias;
};

struct vfsmount {
    struct dentry* mnt_root;
    struct super_block* mnt_sb;
};

struct ns_common {
    unsigned int inum;
};

/* seq: 6.1, 6.12, where an anonymous namespace has 0; is_anon: 7.x */
struct mnt_namespace {
    struct ns_common ns;
    __u64 seq;
    bool is_anon;
};

struct mount {
    struct mount* mnt_parent;
    struct dentry* mnt_mountpoint;
    struct vfsmount mnt;
    struct mnt_namespace* mnt_ns;
    struct list_head mnt_instance;
    struct mount* mnt_next_for_sb;
    __u64 mnt_id_unique;
};

struct path {
    struct vfsmount* mnt;
    struct dentry* dentry;
};

struct file {
    struct path f_path;
    struct inode* f_inode;
    unsigned int f_flags;
    unsigned int f_mode;
};

struct backing_file {
    struct file file;
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
    const struct cred* real_cred;
    const struct cred* cred;
    __u64 self_exec_id;
};

#pragma clang attribute pop

#endif
