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
    BPF_MAP_TYPE_HASH = 1,
    BPF_MAP_TYPE_ARRAY = 2,
    BPF_MAP_TYPE_LRU_HASH = 9,
    BPF_MAP_TYPE_ARRAY_OF_MAPS = 12,
    BPF_MAP_TYPE_RINGBUF = 27,
    BPF_MAP_TYPE_TASK_STORAGE = 29,
    BPF_F_NO_PREALLOC = 1u << 0,
    BPF_F_MMAPABLE = 1u << 10,
    BPF_F_INNER_MAP = 1u << 12,
    BPF_LOCAL_STORAGE_GET_F_CREATE = 1u << 0,
};

#define EPERM 1
#define ENOMEM 12
#define PROC_SUPER_MAGIC 0x9fa0
#define DCACHE_DISCONNECTED 0x20 /* include/linux/dcache.h, the same in 6.1, 6.12 and 7.3 */

/* include/linux/fs.h, include/uapi/asm-generic/fcntl.h */
#define FMODE_READ 0x1
#define FMODE_WRITE 0x2
#define FMODE_EXEC_FLAG 0x20 /* __FMODE_EXEC in f_flags: the kernel opens it to execute it */
#define O_TRUNC 01000
#define O_APPEND 02000
#define MAY_WRITE 0x2
#define MAY_READ 0x4
#define MAY_APPEND 0x8
#define S_IFMT 0170000
#define S_IFREG 0100000
#define S_IFDIR 0040000
#define RENAME_EXCHANGE 0x2 /* include/uapi/linux/fs.h */
#define FS_IOC_SETFLAGS 0x40086602
#define FS_IOC32_SETFLAGS 0x40046602
#define FS_IOC_FSSETXATTR 0x401c5820
#define ATTR_MODE 0x1 /* include/linux/fs.h */
#define ATTR_UID 0x2
#define ATTR_GID 0x4
#define ATTR_SIZE 0x8
#define ATTR_ATIME 0x10
#define ATTR_MTIME 0x20

/* include/linux/mm.h, include/uapi/asm-generic/mman-common.h */
#define PROT_READ 0x1
#define PROT_WRITE 0x2
#define PROT_EXEC 0x4
#define MAP_TYPE 0x0f
#define MAP_PRIVATE 0x02
#define VM_READ 0x1
#define VM_WRITE 0x2
#define VM_EXEC 0x4
#define VM_SHARED 0x8
/* include/uapi/linux/mount.h, include/linux/mount.h */
#define MS_RDONLY 0x1
#define MS_NOSUID 0x2
#define MS_NODEV 0x4
#define MS_NOEXEC 0x8
#define MS_REMOUNT 0x20
#define MS_BIND 0x1000
#define MS_MOVE 0x2000
#define MS_PROPAGATION 0x1e0000 /* unbindable, private, slave, shared */
#define MS_OF_CALLS 0x3ffffff   /* the rest is the kernel's own */
#define MNT_NOSUID 0x1
#define MNT_NODEV 0x2
#define MNT_NOEXEC 0x4
#define MNT_READONLY 0x40
#define MNT_INTERNAL 0x4000 /* include/linux/mount.h: pipes, sockets, memory files */

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

struct file_system_type {
    const char* name;
};

struct super_block {
    __u32 s_dev;
    struct file_system_type* s_type;
    unsigned long s_flags;
    unsigned long s_magic;
    unsigned long s_iflags;
    struct user_namespace* s_user_ns;
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
    unsigned int i_nlink;
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
    int mnt_flags;
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

struct nsproxy {
    struct mnt_namespace* mnt_ns;
};

struct mount {
    struct mount* mnt_parent;
    struct dentry* mnt_mountpoint;
    struct vfsmount mnt;
    struct mnt_namespace* mnt_ns;
    struct list_head mnt_instance;
    struct mount* mnt_next_for_sb;
    const char* mnt_devname;
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

typedef struct {
    __u32 val;
} kgid_t;

struct iattr {
    unsigned int ia_valid;
};

struct anon_vma;

struct vm_area_struct {
    unsigned long vm_flags;
    struct anon_vma* anon_vma;
    struct file* vm_file;
};

struct linux_binprm {
    struct file* file;
    const char* filename;
    const char* interp;
    char buf[256];
};

struct io_uring_cmd {
    struct file* file;
};

struct in6_addr {
    __u8 bytes[16];
};

struct sock_common {
    __be32 skc_daddr;
    __be32 skc_rcv_saddr;
    __be16 skc_dport;
    __u16 skc_num;
    unsigned short skc_family;
    struct in6_addr skc_v6_daddr;
    struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
    struct sock_common __sk_common;
    __u8 sk_kern_sock : 1;
    __u16 sk_type;
    __u16 sk_protocol;
};

struct sockaddr_un {
    char sun_path[108];
};

struct unix_address {
    int len; /* of the name below */
    struct sockaddr_un name[1];
};

struct unix_sock {
    struct sock sk;
    struct unix_address* addr;
    struct path path;
};

struct socket {
    struct sock* sk;
};

struct msghdr {
    void* msg_name;
};

/* Their numbers differ between kernels. */
enum kernel_read_file_id {
    READING_FIRMWARE,
    READING_MODULE,
    READING_KEXEC_IMAGE,
    READING_KEXEC_INITRAMFS,
    READING_MODULE_COMPRESSED,
};

enum lockdown_reason {
    LOCKDOWN_NONE,
#define BLF_LOCKDOWN(id, word, meaning) LOCKDOWN_##id,
#include "abi/lockdowns.def"
#undef BLF_LOCKDOWN
};

union bpf_attr {
    struct {
        __u32 map_type;
    };
    struct {
        __u32 prog_type;
    };
};

/* kernel_cap_t: two words of 32 bits, the lower ones first, or one of 64 since 6.3 */
struct capabilities {
    __u64 bits;
};

struct user_namespace {
    int level;
};

struct group_info {
    int ngroups;
    kgid_t gid[1];
};

struct cred {
    kuid_t euid;
    kgid_t egid;
    struct capabilities cap_effective;
    struct user_namespace* user_ns;
    struct group_info* group_info;
};

struct kernel_siginfo;

struct mm_struct {
    struct file* exe_file;
};

struct tty_struct;

struct signal_struct {
    struct tty_struct* tty;
};

struct kernfs_node {
    struct kernfs_node* parent;
    const char* name;
    __u64 id;
};

/* since 6.15 */
struct kernfs_node___rcu {
    struct kernfs_node* __parent;
};

struct cgroup {
    struct kernfs_node* kn;
};

struct css_set {
    struct cgroup* dfl_cgrp;
};

struct task_struct {
    struct mm_struct* mm;
    unsigned in_execve : 1;
    int tgid;
    struct task_struct* real_parent;
    const struct cred* real_cred;
    const struct cred* cred;
    struct signal_struct* signal;
    struct nsproxy* nsproxy;
    struct css_set* cgroups;
    kuid_t loginuid;
    __u64 start_boottime;
    __u64 self_exec_id;
};

#pragma clang attribute pop

#endif
