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

/* Decides and counts whether what task->from is about may be at task->request. Returns 0, -errno or
 * BLF_AGAIN. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_judge_move(struct blf_task* task) {
    struct blf_verdict verdict = {};
    BLF_IMAGE image = blf_published();
    if (!task || !image) return 0; /* allows: the slot is filled before the first attach */
    const struct blf_root* root = (const struct blf_root*)blf_block_at(image, BLF_BLOCK_ROOT);
    if (!root) return 0; /* allows: an array map always has its first element */
    if (task->at.generation != root->generation) return BLF_AGAIN;
    blf_decide_move(&verdict, &task->move, image, root, &task->from, &task->request,
                    &task->sift.who);
    if (verdict.reason != BLF_REASON_NO_RULE)
        blf_count(image, root, &task->from, &task->request, &verdict);
    return blf_return_value(&verdict);
}

/* One name of a move, into task->request. Is a rule near it, or could one be below it? */
BLF_INLINE __u32 blf_gather_side(struct blf_task* task, const struct blf_object* object,
                                 __u32 ask) {
    task->object = *object;
    task->unseen = 0;
    task->request.ask = ask;
    return blf_gather(task) || task->move_from.directory || task->move_to.directory;
}

#define BLF_ASKS(from, to) (BLF_ASK_##from | BLF_ASK_##to << 8)

#define BLF_BOTH_WAYS (1u << 16) /* an exchange: `to` is moved as well */

BLF_INLINE void blf_turn_move(struct blf_task* task) {
    struct blf_request request = task->request;
    task->request = task->from;
    task->from = request;
    task->move.directory = task->move_to.directory;
}

/* Both names by themselves, then the one beside the other. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_try_move(struct blf_task* task, __u32 asks) {
    if (!task) return 0;
    task->move.directory = task->move_from.directory;
    __u32 touched = blf_gather_side(task, &task->move_from, asks & 0xff);
    __u64 generation = task->at.generation;
    task->from = task->request;
    touched |= blf_gather_side(task, &task->move_to, asks >> 8 & 0xff);
    if (!touched) return 0;
    if (generation != task->at.generation) return BLF_AGAIN;
    blf_gather_who(task);
    if (blf_knows(BLF_BY_SCRIPT)) blf_gather_script(task);
    blf_ask_lineage(task);
    blf_sift_who(task);
    int answer = blf_judge(&task->from, &task->sift.who, generation);
    if (!answer) answer = blf_judge(&task->request, &task->sift.who, generation);
    if (!answer) answer = blf_judge_move(task);
    if (answer || !(asks & BLF_BOTH_WAYS)) return answer;
    blf_turn_move(task);
    return blf_judge_move(task);
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
    int answer = BLF_AGAIN;
    if (!task) return blf_decide_blindly(asks & 0xff);
    blf_set_object(&task->move_from, from, mount);
    blf_set_object(&task->move_to, to, mount);
    for (__u32 i = 0; i < BLF_DECIDE_TRIES && answer == BLF_AGAIN; i++)
        answer = blf_try_move(task, asks);
    blf_give_back(task);
    return answer == BLF_AGAIN ? blf_decide_unseen(asks & 0xff, BLF_REASON_MOVING) : answer;
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
    if (blf_is_probed(hook)) return -BLF_PROOF_ERRNO;
    if (!from || !to || !mount)
        return blf_answer_kernel(blf_decide_unseen(asks & 0xff, BLF_REASON_NOT_SEEN));
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
