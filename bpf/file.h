/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Files: opened, used while open, passed on, truncated, locked, controlled.
 */
#ifndef BAILIFF_BPF_FILE_H
#define BAILIFF_BPF_FILE_H

#include "bpf/ask.h"
#include "bpf/guard.h"

/* Opened by the kernel, to execute it. */
BLF_INLINE __u32 blf_is_for_exec(struct file* file) {
    return (file->f_flags & FMODE_EXEC_FLAG) != 0;
}

BLF_INLINE __u32 blf_in_execve(void) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    return BPF_CORE_READ_BITFIELD(task, in_execve);
}

/* The kernel reads and maps a program that it is about to execute; that is no read of the process.
 * Afterwards an interpreter may have been given the same open file (binfmt_misc). */
BLF_INLINE __u32 blf_is_loading(struct file* file) {
    return blf_is_for_exec(file) && blf_in_execve();
}

/* What an overlay opens underneath itself. So does the kernel with memory files, and
 * bprm_check_security asks the same of them. */
BLF_INLINE __u32 blf_is_backing(struct file* file) {
    const struct blf_object object = {
        .dentry = blf_number(file->f_path.dentry),
        .mount = blf_number(file->f_path.mnt) - BLF_OFFSET(mount, mnt),
        .inode = blf_number(file->f_inode),
    };
    return blf_has_fake_path(&object) || blf_is_internal_mount(object.mount);
}

/* O_TRUNC writes, whatever the access mode. */
BLF_INLINE __u32 blf_ask_of_open(struct file* file) {
    __u32 mode = file->f_mode, flags = file->f_flags;
    if (blf_is_for_exec(file))
        return blf_is_backing(file) ? BLF_ASK_FILE_OPEN_EXEC_UNDERNEATH : BLF_ASK_FILE_OPEN;
    __u32 read = mode & FMODE_READ;
    if (read && blf_is_directory(file->f_path.dentry)) return BLF_ASK_FILE_OPEN_DIRECTORY;
    if ((mode & FMODE_WRITE) && (flags & O_APPEND))
        return read ? BLF_ASK_FILE_OPEN_READ_APPEND : BLF_ASK_FILE_OPEN_APPEND;
    __u32 write = (mode & FMODE_WRITE) || (flags & O_TRUNC);
    if (read) return write ? BLF_ASK_FILE_OPEN_READ_WRITE : BLF_ASK_FILE_OPEN_READ;
    return write ? BLF_ASK_FILE_OPEN_WRITE : BLF_ASK_FILE_OPEN;
}

/* The way of every open: the proof comes after the quick look, and opens a mount's root, which is
 * never decided quickly. */
SEC("lsm/file_open")
int BPF_PROG(blf_file_open, struct file* file) {
    if (!file) return blf_answer_kernel(blf_decide_unseen(BLF_ASK_FILE_OPEN, BLF_REASON_NOT_SEEN));
    if (blf_remembers_files) blf_forget_file(file);
    if ((file->f_mode & FMODE_WRITE) && blf_guard_refuses(file)) return -EPERM;
    if (blf_quick_untouched(file->f_path.dentry, file->f_path.mnt, file->f_inode, 1)) return 0;
    if (blf_is_probed(BLF_HOOK_file_open)) return blf_prove();
    file = BLF_UNTRUSTED(file, file);
    return blf_decide_file_often(file, blf_ask_of_open(file));
}

BLF_INLINE __u32 blf_ask_of_access(struct file* file, __u32 mask) {
    struct inode* inode = file->f_inode;
    __u32 write = mask & (MAY_WRITE | MAY_APPEND);
    if (write && (mask & MAY_READ)) return BLF_ASK_FILE_READ_WRITE;
    if (write) return (file->f_flags & O_APPEND) ? BLF_ASK_FILE_APPEND : BLF_ASK_FILE_WRITE;
    if (inode && (inode->i_mode & S_IFMT) == S_IFDIR) return BLF_ASK_FILE_LIST;
    return BLF_ASK_FILE_READ;
}

/* Does the guard's work too, see abi/hooks.def. The way of nearly every use of a file comes first.
 * Memory may be taken for a file that is remembered: it is allowed anyway. The proof's is not,
 * since the loader mounts something after it has made it (ProofGround::Make()). */
SEC("lsm/file_permission")
int BPF_PROG(blf_file_access, struct file* file, int mask) {
    if (file && blf_is_remembered_file(file)) return 0;
    if (blf_is_probed(BLF_HOOK_file_access)) return blf_prove();
    if (!file) return blf_answer_kernel(blf_decide_unseen(BLF_ASK_FILE_READ, BLF_REASON_NOT_SEEN));
    file = BLF_UNTRUSTED(file, file);
    if (blf_guard_refuses_use(file, mask)) return -EPERM;
    if (!(mask & (MAY_READ | MAY_WRITE | MAY_APPEND))) return 0;
    if (blf_is_internal(file) || blf_is_loading(file) || blf_is_untouched_file(file)) return 0;
    return blf_decide_file_often(file, blf_ask_of_access(file, mask));
}

/* A descriptor from another process: what it can do with the file is asked about anew. */
SEC("lsm/file_receive")
int BPF_PROG(blf_file_receive, struct file* file) {
    if (blf_is_probed(BLF_HOOK_file_receive)) return blf_prove();
    if (!file) return blf_answer_kernel(blf_decide_unseen(BLF_ASK_FILE_READ, BLF_REASON_NOT_SEEN));
    file = BLF_UNTRUSTED(file, file);
    __u32 read = file->f_mode & FMODE_READ, write = file->f_mode & FMODE_WRITE;
    if (blf_is_internal(file) || !(read | write) || blf_is_untouched_file(file)) return 0;
    return blf_decide_file(file, read && write ? BLF_ASK_FILE_READ_WRITE
                                 : write       ? BLF_ASK_FILE_WRITE
                                               : BLF_ASK_FILE_READ);
}

SEC("lsm/path_truncate")
int BPF_PROG(blf_path_truncate, const struct path* path) {
    return blf_ask_path(BLF_HOOK_path_truncate, path, BLF_ASK_FILE_TRUNCATE, 0);
}

SEC("lsm/file_truncate")
int BPF_PROG(blf_file_truncate, struct file* file) {
    return blf_ask_file(BLF_HOOK_file_truncate, file, BLF_ASK_FILE_TRUNCATE);
}

SEC("lsm/file_lock")
int BPF_PROG(blf_file_lock, struct file* file) {
    return blf_ask_file(BLF_HOOK_file_lock, file, BLF_ASK_FILE_LOCK);
}

BLF_INLINE __u32 blf_ask_of_ioctl(__u32 command) {
    return command == FS_IOC_SETFLAGS || command == FS_IOC32_SETFLAGS ||
                   command == FS_IOC_FSSETXATTR
               ? BLF_ASK_FILE_IOCTL_FLAGS
               : BLF_ASK_FILE_IOCTL;
}

SEC("lsm/file_ioctl")
int BPF_PROG(blf_file_ioctl, struct file* file, unsigned int command) {
    return blf_ask_file(BLF_HOOK_file_ioctl, file, blf_ask_of_ioctl(command));
}

/* A command is the driver's own: which one says nothing about what it does. */
SEC("lsm/uring_cmd")
int BPF_PROG(blf_uring_cmd, struct io_uring_cmd* command) {
    struct file* file = command ? command->file : NULL;
    return blf_ask_file(BLF_HOOK_uring_cmd, file, BLF_ASK_FILE_IOCTL);
}

SEC("lsm/file_ioctl_compat")
int BPF_PROG(blf_file_ioctl_compat, struct file* file, unsigned int command) {
    return blf_ask_file(BLF_HOOK_file_ioctl_compat, file, blf_ask_of_ioctl(command));
}

#endif
