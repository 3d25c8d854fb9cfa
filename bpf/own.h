/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Is it bailiff that asks? A policy may deny everybody what bailiff needs to replace that policy:
 * bpf(2), what lockdown asks about it, a file system to prove things on. So a program of its name
 * in the directory from which the policy was published passes there. Who can put one there can
 * replace bailiff.
 */
#ifndef BAILIFF_BPF_OWN_H
#define BAILIFF_BPF_OWN_H

#include "bpf/guard.h"

static __attribute__((noinline)) int blf_is_own(void) {
    struct blf_control* control = blf_control();
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    struct mm_struct* mm = task->mm;
    struct file* exe = mm ? mm->exe_file : NULL;
    struct dentry* name = exe ? exe->f_path.dentry : NULL;
    struct dentry* parent = name ? name->d_parent : NULL;
    struct inode* directory = parent ? parent->d_inode : NULL;
    struct super_block* super = directory ? directory->i_sb : NULL;
    if (!control || !super) return 0;
    return control->own.inode && directory->i_ino == control->own.inode &&
           directory->i_generation == control->own.generation &&
           super->s_dev == control->own.device && blf_dentry_is(name, "bailiff", sizeof("bailiff"));
}

#endif
