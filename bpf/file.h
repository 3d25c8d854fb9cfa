/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Hooks of file operations: gather, classify, decide, act.
 */
#ifndef BAILIFF_BPF_FILE_H
#define BAILIFF_BPF_FILE_H

#include "bpf/act.h"
#include "bpf/guard.h"
#include "bpf/proof.h"
#include "bpf/subject.h"

/* What an open performs. The kernel's own open of a program it is about to execute is an open, but
 * reads nothing for the process; O_TRUNC writes, whatever the access mode. */
BLF_INLINE __u32 blf_ask_of_open(struct file* file) {
    __u32 mode = file->f_mode, flags = file->f_flags;
    __u32 read = (mode & FMODE_READ) && !(flags & FMODE_EXEC_FLAG);
    __u32 write = (mode & FMODE_WRITE) || (flags & O_TRUNC);
    if (read) return write ? BLF_ASK_FILE_OPEN_READ_WRITE : BLF_ASK_FILE_OPEN_READ;
    return write ? BLF_ASK_FILE_OPEN_WRITE : BLF_ASK_FILE_OPEN;
}

BLF_INLINE void blf_gather_object(const struct blf_scene* scene, const struct path* path,
                                  struct blf_request* request) {
    __u32 reason = 0;
    request->object_state =
        blf_walk_path(scene, path, scene->root->object_root, scene->root->object_lost, &reason);
    request->object_reason = reason;
}

/* Everything but the hook's own arguments is the same for all file operations. A path that is not
 * there (NULL) is undecidable. */
static __attribute__((noinline)) int blf_decide_path(const struct path* path, __u32 ask) {
    struct blf_scene scene = {.image = blf_published()};
    struct blf_request request = {.ask = ask, .subject_state = BLF_DEAD};
    struct blf_verdict verdict = {};

    if (!scene.image) return 0; /* allows: the slot is filled before the first attach */
    scene.root = (const struct blf_root*)blf_block_at(scene.image, BLF_BLOCK_ROOT);
    if (!scene.root) return 0; /* allows: an array map always has its first element */
    blf_gather_credentials(&request);
    scene.task = blf_take_task();
    if (scene.task) {
        blf_gather_executable(&scene, &request);
        if (path && path->dentry && path->mnt)
            blf_gather_object(&scene, path, &request);
        else
            request.object_reason = BLF_REASON_NOT_SEEN;
        blf_give_back(scene.task);
    } else {
        request.object_reason = BLF_REASON_NO_MEMORY;
        request.subject_reason = BLF_REASON_NO_MEMORY;
    }
    blf_decide(&verdict, scene.image, scene.root, &request);
    if (verdict.reason != BLF_REASON_NO_RULE)
        blf_count(scene.image, scene.root, &request, &verdict);
    return blf_return_value(&verdict);
}

SEC("lsm/file_open")
int BPF_PROG(blf_file_open, struct file* file) {
    if (blf_is_probed(BLF_HOOK_file_open)) return -BLF_PROOF_ERRNO;
    if (!file) return blf_answer_kernel(blf_decide_path(NULL, BLF_ASK_FILE_OPEN));
    __u32 ask = blf_ask_of_open(file);
    if (ask >= BLF_ASK_FILE_OPEN_WRITE && blf_guard_refuses(file)) return -EPERM;
    return blf_answer_kernel(blf_decide_path(&file->f_path, ask));
}

#endif
