/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Which script a task interprets: the file that an exec named, where the kernel runs another
 * program in its place, because of `#!` or of binfmt_misc. Nothing of it is left in the task
 * afterwards, so it is noted while the exec looks for a program: each file that it comes by is
 * asked about, and one that is followed by another was a script. What that gives are lists
 * (abi/image.h), as of ancestors.
 *
 * The interpreter opens the script once more, by the name that the exec was given. An exception is
 * had only by a script that was run by its own absolute path in the host's mount and user
 * namespaces: whoever runs it through a link, with mounts or a root directory of his own, could
 * have changed what lies there meanwhile.
 */
#ifndef BAILIFF_BPF_SCRIPT_H
#define BAILIFF_BPF_SCRIPT_H

#include "bpf/lineage.h"

#define BLF_SCRIPT_PATH 512 /* longer ones have no exceptions; two of them fit into mine->ring */

#define BLF_EXEC_GOES_ON 1u   /* the file before was a script */
#define BLF_EXEC_BY_PATH 2u   /* it is the file that the interpreter will open */
#define BLF_EXEC_FINDS_ENV 4u /* the interpreter is env, which execs the one that is meant */
#define BLF_EXEC_NOTED 8u     /* the same file once more: another image came between */

/* What the current task interprets, into task->subject. A task that became what it is before
 * anybody noted scripts, or before this list was in force, interprets none. Global: see
 * blf_walk_along(). */
__attribute__((noinline)) int blf_gather_script(struct blf_task* mine) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    BLF_IMAGE image = blf_published();
    if (!mine || !image) return 0;
    const struct blf_root* root = (const struct blf_root*)blf_block_at(image, BLF_BLOCK_ROOT);
    const struct blf_index* index = (const struct blf_index*)blf_block_at(image, BLF_BLOCK_INDEX);
    if (!root || !index || !blf_asks_for(root, BLF_BY_SCRIPT)) return 0;
    struct blf_lineage* lineage = blf_storage_of(&lineages, task);
    mine->subject.reason[BLF_BY_SCRIPT] = BLF_REASON_NO_MEMORY;
    if (!lineage) return 0;
    const struct blf_script* script = &lineage->script[task->self_exec_id & 1];
    mine->subject.reason[BLF_BY_SCRIPT] = 0;
    if (script->exec_id != task->self_exec_id) return 0;
    mine->subject.own.scripts = (script->lists.governing | script->lists.excepting) &
                                blf_lineage_since(image, index, script->generation);
    mine->subject.reason[BLF_BY_SCRIPT] = script->reason;
    return 0;
}

/* What env found interprets the script that env was run for. */
BLF_INLINE void blf_begin_script(struct blf_script* script, const struct blf_script* before,
                                 __u64 exec_id) {
    __u32 through_env = before->exec_id == exec_id - 1 && before->through_env;
    script->exec_id = exec_id;
    script->generation = before->generation;
    script->lists.governing = through_env ? before->lists.governing : 0;
    script->lists.excepting = 0;
    script->reason = through_env ? before->reason : 0;
    script->through_env = 0;
}

/* The file that was asked for was a script. Which program env finds is up to who set PATH: that has
 * no exceptions. */
BLF_INLINE void blf_go_on_script(struct blf_script* script, __u32 finds_env) {
    script->lists.governing |= script->next.governing;
    script->lists.excepting |= script->next.excepting;
    if (finds_env) script->lists.excepting = 0;
    if (script->next_reason) script->reason = script->next_reason;
    script->through_env = finds_env;
}

/* The file at mine->at.dentry and .mount is asked for by an exec of the current task. Returns 0,
 * BLF_AGAIN, or a negative errno: what cannot be noted is not executed. Global: see
 * blf_walk_along(). */
__attribute__((noinline)) int blf_note_script(struct blf_task* mine, __u32 how) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    BLF_IMAGE image = blf_published();
    if (!mine || !image) return 0;
    const struct blf_root* root = (const struct blf_root*)blf_block_at(image, BLF_BLOCK_ROOT);
    const struct blf_index* index = (const struct blf_index*)blf_block_at(image, BLF_BLOCK_INDEX);
    if (!root || !index || !(root->used & BLF_OF_SCRIPTS)) return 0;
    struct blf_lineage* lineage = blf_storage_of(&lineages, task);
    if (!lineage) return -ENOMEM;
    __u64 exec_id = task->self_exec_id + 1;
    struct blf_script* script = &lineage->script[exec_id & 1];
    if (how & BLF_EXEC_NOTED) {
        /* what came before it is noted */
    } else if ((how & BLF_EXEC_GOES_ON) && script->exec_id == exec_id) {
        blf_go_on_script(script, how & BLF_EXEC_FINDS_ENV);
    } else {
        blf_begin_script(script, &lineage->script[~exec_id & 1], exec_id);
    }
    __u64 kept = blf_lineage_since(image, index, script->generation);
    script->lists.governing &= kept;
    script->lists.excepting &= kept;
    script->generation = root->generation;
    mine->at.generation = root->generation;
    script->next_reason = blf_locate_program(mine, image, BLF_BY_LINEAGE);
    if (script->next_reason == BLF_REASON_MOVING) return BLF_AGAIN;
    struct blf_lineages found = {};
    if (!script->next_reason) found = blf_lineages_here(mine, image, root, index);
    script->next.governing = found.governing;
    script->next.excepting = how & BLF_EXEC_BY_PATH ? found.excepting : 0;
    return 0;
}

/* Are the two texts in mine->ring the same, up to their length with the 0 at the end? Global: see
 * blf_walk_along(). */
__attribute__((noinline)) int blf_is_same_text(struct blf_task* mine, __u32 length) {
    if (!mine) return 0;
#pragma clang loop unroll(disable)
    for (__u32 i = 0; i < BLF_SCRIPT_PATH / 8; i++) {
        __u64 differ = mine->ring[i] ^ mine->ring[i + BLF_SCRIPT_PATH / 8];
        __u32 left = length - 8 * i;
        if (left <= 8) return !(differ << (64 - 8 * left));
        if (differ) return 0;
    }
    return 0;
}

/* And without the power to make something else the root directory of the interpreter, or to have
 * binfmt_misc name another interpreter, as one has in a user namespace of one's own. */
BLF_INLINE __u32 blf_is_among_hosts_mounts(struct task_struct* task) {
    struct user_namespace* user_ns = task->cred->user_ns;
    if (!user_ns || user_ns->level) return 0;
    struct blf_control* control = blf_control();
    struct nsproxy* namespaces = task->nsproxy;
    if (!control || !namespaces) return 0;
    struct mnt_namespace* mounts = namespaces->mnt_ns;
    return mounts && mounts->ns.inum == control->host_mounts;
}

BLF_INLINE __u32 blf_runs_by_its_path(struct blf_task* mine, struct linux_binprm* bprm) {
    struct task_struct* task = blf_current();
    char* path = (char*)mine->ring;
    char* given = (char*)&mine->ring[BLF_SCRIPT_PATH / 8];
    if (!blf_is_among_hosts_mounts(task)) return 0;
    long length = bpf_d_path(&bprm->file->f_path, path, BLF_SCRIPT_PATH);
    if (length <= 0 || bpf_probe_read_kernel_str(given, BLF_SCRIPT_PATH, bprm->filename) != length)
        return 0;
    return blf_is_same_text(mine, (__u32)length);
}

#define BLF_SCRIPT_TRIES 4
#define BLF_ENV 0x766e65u /* "env" */

BLF_INLINE __u32 blf_is_env(struct file* program) {
    struct dentry* dentry = program->f_path.dentry;
    if (!dentry || dentry->d_name.len != 3) return 0;
    return (blf_read_pointer((__u64)dentry->d_name.name) & 0xffffff) == BLF_ENV;
}

/* Returns 0 or a negative errno. */
BLF_INLINE int blf_ask_script(struct blf_task* mine, struct linux_binprm* bprm) {
    if (!blf_knows_any(BLF_OF_SCRIPTS)) return 0;
    if (!bprm || !bprm->file) return -EPERM;
    __u32 how = blf_runs_by_its_path(mine, bprm) ? BLF_EXEC_BY_PATH : 0;
    bprm = BLF_UNTRUSTED(linux_binprm, bprm);
    struct file* file = bprm->file;
    if (bprm->interp != bprm->filename) how |= BLF_EXEC_GOES_ON;
    if (blf_is_env(file)) how |= BLF_EXEC_FINDS_ENV;
    int answer = BLF_AGAIN;
    for (__u32 i = 0; i < BLF_SCRIPT_TRIES && answer == BLF_AGAIN; i++) {
        blf_set_program(mine, file);
        answer = blf_note_script(mine, how);
        how |= BLF_EXEC_NOTED;
    }
    return answer == BLF_AGAIN ? 0 : answer; /* undecidable: next_reason says so */
}

#endif
