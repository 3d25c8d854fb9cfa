/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The SHA-256 of what a task runs, by the automaton of BLF_BY_EXE_SHA256.
 *
 * The kernel computes it (IMA) when the task executes a file, in a program that may sleep, and it
 * is noted with the task; children inherit it. While a file is run, nobody can write it. Of one
 * that may change all the same (bpf/trust.h) nothing is noted but that.
 *
 * A task without a note became what it is before the program was there. Its file is held by it
 * since, and the loader has hashed what was run then (abi/file_digest.h).
 */
#ifndef BAILIFF_BPF_DIGEST_H
#define BAILIFF_BPF_DIGEST_H

#include "abi/file_digest.h"
#include "abi/identify.h"
#include "bpf/dimensions.h"
#include "bpf/proof.h"
#include "bpf/storage.h"
#include "bpf/trust.h"
#include "bpf/walk.h"

#define HASH_ALGO_SHA256 4 /* include/uapi/linux/hash_info.h */

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct blf_noted_digests);
} digests SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, BLF_CLAIMS_MAX);
    __type(key, struct blf_identity);
    __type(value, struct blf_sha256_text);
} claims SEC(".maps");

/* Made where there is none: NULL would also be 6.1's answer while it is busy, see bpf/storage.h,
 * and who has a note must not be judged as one without. */
BLF_INLINE struct blf_noted_digests* blf_digests_of(struct task_struct* task) {
    return blf_storage_of(&digests, task);
}

BLF_INLINE __u8 blf_hex_digit(__u32 value) {
    return value + (value > 9 ? 'a' - 10 : '0');
}

BLF_INLINE __u64 blf_hash_file(struct file* file, struct blf_sha256_text* text) {
    __u8 hash[32] = {};
    __u8* digit = (__u8*)text;
    if (bpf_ima_file_hash(file, hash, sizeof(hash)) != HASH_ALGO_SHA256) return BLF_REASON_NOT_SEEN;
#pragma clang loop unroll(full)
    for (__u32 i = 0; i < sizeof(hash); i++) {
        digit[2 * i] = blf_hex_digit(hash[i] >> 4);
        digit[2 * i + 1] = blf_hex_digit(hash[i] & 15);
    }
    return 0;
}

/* Looks at no image: the slot is for programs that do not sleep. What cannot be noted is not
 * executed. */
SEC("lsm.s/bprm_check_security")
int BPF_PROG(blf_exec_digest, struct linux_binprm* bprm) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    if (blf_is_probed_asleep(BLF_HOOK_exec_digest)) return -BLF_PROOF_ERRNO;
    struct blf_noted_digests* noted = blf_digests_of(task);
    struct file* file = bprm ? bprm->file : NULL;
    if (!noted || !file) return -ENOMEM;
    __u64 exec_id = task->self_exec_id + 1;
    struct blf_noted_digest* note = &noted->of[exec_id & 1];
    note->reason =
        blf_may_change_unseen(file) ? BLF_REASON_NOT_SEEN : blf_hash_file(file, &note->text);
    note->exec_id = exec_id;
    return 0;
}

/* Without memory for what it inherits, a child is not made. */
BLF_INLINE int blf_inherit_digest(struct task_struct* child) {
    struct blf_noted_digests* parents =
        blf_digests_of((struct task_struct*)bpf_get_current_task_btf());
    struct blf_noted_digests* childs = parents ? blf_digests_of(child) : NULL;
    if (!childs) return -ENOMEM;
    *childs = *parents;
    return 0;
}

BLF_INLINE const struct blf_sha256_text* blf_claim_about(struct file* file) {
    struct blf_identity key = {};
    struct inode* inode = file ? file->f_inode : NULL;
    struct super_block* super = inode ? inode->i_sb : NULL;
    if (!super) return NULL;
    key.inode = inode->i_ino;
    key.device = super->s_dev;
    key.generation = inode->i_generation;
    return bpf_map_lookup_elem(&claims, &key);
}

/* Into mine->name. Returns enum blf_reason: 0, or why it cannot be told. */
BLF_INLINE __u32 blf_read_digest(struct blf_task* mine, __u64 exec_id, struct file* exe) {
    struct blf_noted_digests* noted =
        blf_digests_of((struct task_struct*)bpf_get_current_task_btf());
    if (!noted) return BLF_REASON_NO_MEMORY;
    const struct blf_noted_digest* note = &noted->of[exec_id & 1];
    const struct blf_sha256_text* text = &note->text;
    if (note->exec_id != exec_id) text = blf_claim_about(exe);
    if (note->exec_id == exec_id && note->reason) return note->reason;
    if (!text) return BLF_REASON_NOT_SEEN;
    for (__u32 i = 0; i < BLF_NAME_WORDS; i++) mine->name[i] = i < 8 ? text->word[i] : 0;
    return 0;
}

/* A kernel thread runs no file. */
BLF_INLINE void blf_gather_digest(struct blf_task* mine, BLF_IMAGE image,
                                  const struct blf_root* root) {
    struct task_struct* task = blf_current();
    struct mm_struct* mm = task->mm;
    const struct blf_dimension* dimension = blf_dimension_of(image, BLF_BY_EXE_SHA256);
    struct blf_label* label = &mine->digest;
    __u64 exec_id = task->self_exec_id;
    if (!mm || !dimension) return;
    if (label->generation != root->generation || label->id != exec_id) {
        __u32 reason = blf_read_digest(mine, exec_id, mm->exe_file);
        if (!reason) {
            mine->walk.t.state = dimension->first;
            reason = blf_match_name(mine, sizeof(struct blf_sha256_text));
        }
        mine->subject.reason[BLF_BY_EXE_SHA256] = reason;
        if (reason) return;
        label->state[0] = mine->walk.t.state;
        label->id = exec_id;
        label->generation = root->generation;
    }
    mine->subject.path[BLF_BY_EXE_SHA256][0] = label->state[0];
    mine->subject.path[BLF_BY_EXE_SHA256][1] = label->state[0];
}

#endif
