/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Tasks that no default is about: what no rule is about is quickly said to be so of them again,
 * also under an image that closes something for others.
 *
 * Known is it from a decision that looked at who asks, for the image, for what is run and for the
 * effective user; and only where the policies with a default depend on nothing else
 * (BLF_CLOSED_BY_PROGRAM). A child asks anew. An overlay's own requests say nothing: they are made
 * as another user. A file that such a task may use is not remembered as one that no rule is about
 * (bpf/opened.h): another task may have it open too.
 */
#ifndef BAILIFF_BPF_FREE_H
#define BAILIFF_BPF_FREE_H

#include "bpf/executable.h"
#include "bpf/task.h"

BLF_INLINE __u32 blf_free_user(void) {
    const struct cred* cred = blf_current()->cred;
    return BLF_IS_NULL(cred) ? 0xffffffff : cred->euid.val;
}

/* By a task's own memory; NULL, which 6.1 gives while it is busy, is no answer. */
BLF_INLINE __u32 blf_is_free(const struct blf_task* mine, const struct blf_root* root) {
    const struct blf_free* free = mine ? &mine->free : NULL;
    return free && (root->closed & BLF_CLOSED_BY_PROGRAM) && root->generation &&
           free->generation == root->generation && free->exec_id == blf_current()->self_exec_id &&
           free->uid == blf_free_user();
}

/* Of the current task, without memory for it where it has none. */
BLF_INLINE __u32 blf_is_free_task(const struct blf_root* root) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    return blf_is_free(bpf_task_storage_get(&tasks, task, 0, 0), root);
}

/* Is no default about whom sift.who was sifted for? Words of the vector of all defaults. */
struct blf_free_search {
    BLF_IMAGE image;
    const struct blf_who* who;
    __u32 first;
    __u32 blocks;
    __u64 governed;
};

static long blf_free_step(__u32 b, struct blf_free_search* search) {
    if (b >= search->blocks || b >= BLF_WHO_WORDS / 8) return 1;
    const struct blf_block* block = blf_block_at(search->image, search->first + b);
    const __u64* who = &search->who->word[(b & (BLF_WHO_WORDS / 8 - 1)) * 8];
    __u64 governed = !block;
    for (__u32 w = 0; block && w < 8; w++) governed |= block->word[w] & who[w];
    search->governed |= governed;
    return 0;
}

BLF_INLINE void blf_note_free(struct blf_task* mine, BLF_IMAGE image, const struct blf_root* root) {
    const struct blf_defaults* table =
        (const struct blf_defaults*)blf_block_at(image, BLF_BLOCK_DEFAULTS);
    if (!(root->closed & BLF_CLOSED_BY_PROGRAM)) return;
    if (!table || mine->sift.who.reason || mine->underneath) return;
    struct blf_free_search search = {
        .image = image,
        .who = &mine->sift.who,
        .first = root->vector_first + table->default_vector * root->vector_blocks,
        .blocks = root->vector_blocks,
        .governed = BLF_VALUE64(0),
    };
    bpf_loop(BLF_WHO_WORDS / 8, blf_free_step, &search, 0);
    if (search.governed) return;
    mine->free.exec_id = blf_current()->self_exec_id;
    mine->free.uid = blf_free_user();
    mine->free.generation = root->generation;
}

#endif
