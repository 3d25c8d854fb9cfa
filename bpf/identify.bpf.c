/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What the kernel calls the files that a process holds open (O_PATH will do): stat(2) gives other
 * numbers where a file system has devices of its own (btrfs) or shows another one's files
 * (overlay), and no generation. An iterator: run by whoever reads it, attached to nothing.
 */
#include "bpf/kernel.h"
/* after kernel.h, which has the types they need */
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "abi/identify.h"
#include "bpf/trust.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct seq_file;
struct bpf_iter_meta {
    struct seq_file* seq;
};
struct bpf_iter__task_file {
    struct bpf_iter_meta* meta;
    struct task_struct* task;
    __u32 fd;
    struct file* file;
};
#pragma clang attribute pop

SEC("iter/task_file")
int blf_identify(struct bpf_iter__task_file* context) {
    struct file* file = context->file;
    struct blf_identified found = {.fd = context->fd};
    if (!file || !context->task) return 0;
    struct inode* inode = file->f_inode;
    if (!inode) return 0;
    struct super_block* super = inode->i_sb;
    if (!super) return 0;
    found.file.inode = inode->i_ino;
    found.file.device = super->s_dev;
    found.file.generation = inode->i_generation;
    found.unverifiable = blf_may_change_unseen(file);
    bpf_seq_write(context->meta->seq, &found, sizeof(found));
    return 0;
}

char blf_license[] SEC("license") = "Dual BSD/GPL";
