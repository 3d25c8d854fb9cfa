/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Whose descendant a task is: the lists of ancestors (abi/image.h) that the executable of some
 * ancestor is or was in, and those of the programs that the task itself ran before the one it runs.
 *
 * A child inherits them when it is made; an exec adds those of the executable that is left. So they
 * outlast the ancestors. Of a task older than a list, what the ancestors that are still there say
 * is gathered when it is first asked, or has a child.
 */
#ifndef BAILIFF_BPF_LINEAGE_H
#define BAILIFF_BPF_LINEAGE_H

#include "bpf/dimensions.h"
#include "bpf/executable.h"
#include "bpf/storage.h"

/* Which scripts a task interprets, bpf/script.h. */
struct blf_script {
    __u64 exec_id;    /* after this exec */
    __u64 generation; /* of the image that the lists are by */
    struct blf_lineages lists;
    struct blf_lineages next; /* those of the file that is asked for now */
    __u32 reason;             /* enum blf_reason: 0, or why some script could not be told */
    __u32 next_reason;
    __u32 through_env;
    __u32 pad;
};

struct blf_lineage {
    __u64 generation; /* of the image under which `lists` was brought up to date; 0: never */
    __u64 lists;      /* of all ancestors, a bit each */
    __u64 own;        /* of the executable that the task has, or had when its exec_id was this: */
    __u64 own_exec_id;
    __u64 own_generation; /* of the image that `own` is by; 0: there is none */
    __u32 reason;         /* enum blf_reason: 0, or why some ancestor could not be told */
    __u32 own_reason;
    struct blf_script script[2]; /* by exec_id & 1: an exec that fails leaves the other */
};

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct blf_lineage);
} lineages SEC(".maps");

struct blf_lineage_mask {
    BLF_IMAGE image;
    __u32 first;
    __u64 generation;
    __u64 mask;
};

static long blf_lineage_mask_step(__u32 bit, struct blf_lineage_mask* m) {
    const struct blf_lineage_list* list =
        (const struct blf_lineage_list*)blf_record16(m->image, m->first, bit);
    if (!list) return 1;
    if (list->key && list->since <= m->generation) m->mask = m->mask | 1ULL << (bit & 63);
    return 0;
}

/* The bits that meant under the image of this generation what they mean now. */
BLF_INLINE __u64 blf_lineage_since(BLF_IMAGE image, const struct blf_index* index,
                                   __u64 generation) {
    struct blf_lineage_mask m = {
        .image = image,
        .first = index->lineage_lists,
        .generation = generation,
        .mask = BLF_VALUE64(0),
    };
    bpf_loop(BLF_LINEAGES_MAX, blf_lineage_mask_step, &m, 0);
    return m.mask;
}

BLF_INLINE const struct blf_lineages* blf_lineages_at(BLF_IMAGE image, const struct blf_root* root,
                                                      const struct blf_index* index, __u32 state) {
    return (const struct blf_lineages*)blf_record16(image, index->lineage_first,
                                                    blf_path_vector(image, root, state));
}

/* Those of the program at mine->at. */
BLF_INLINE struct blf_lineages blf_lineages_here(struct blf_task* mine, BLF_IMAGE image,
                                                 const struct blf_root* root,
                                                 const struct blf_index* index) {
    struct blf_lineages found = {};
    const struct blf_lineages* canonical = blf_lineages_at(image, root, index, mine->at.canonical);
    const struct blf_lineages* visible = blf_lineages_at(image, root, index, mine->at.visible);
    if (!canonical || !visible) return found;
    found.governing = canonical->governing | visible->governing;
    found.excepting = canonical->excepting & visible->excepting;
    return found;
}

/* The lists that the executable of a task is in; *reason: why that cannot be told. The task may end
 * meanwhile or become another program. A kernel thread has no executable.
 */
BLF_INLINE __u64 blf_lineages_of(struct blf_task* mine, BLF_IMAGE image,
                                 const struct blf_root* root, const struct blf_index* index,
                                 struct task_struct* trusted, __u32* reason) {
    struct task_struct* task = BLF_UNTRUSTED(task_struct, trusted);
    struct mm_struct* mm = task->mm;
    __u64 was = blf_run_by(task);
    *reason = 0;
    if (!mm) return 0;
    *reason = blf_locate_executable(mine, image, BLF_BY_LINEAGE, trusted, mm->exe_file);
    if (blf_run_by(task) != was) *reason = BLF_REASON_MOVING;
    if (*reason) return 0;
    struct blf_lineages found = blf_lineages_here(mine, image, root, index);
    return found.governing | found.excepting;
}

static long blf_ancestor_step(__u32 i, struct task_struct** at) {
    struct task_struct *task = *at, *parent = task ? task->real_parent : NULL;
    (void)i;
    if (parent && blf_number(parent) == blf_number(task)) parent = NULL;
    *at = parent;
    return !parent;
}

/* The ancestor that is so many steps up; NULL: there are not so many. */
BLF_INLINE struct task_struct* blf_ancestor(__u32 depth) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    if (depth) bpf_loop(depth, blf_ancestor_step, &task, 0);
    return task;
}

/* After an exec what the task was is an ancestor. */
BLF_INLINE void blf_note_exec(struct blf_lineage* lineage, BLF_IMAGE image,
                              const struct blf_index* index, __u64 exec_id) {
    if (!lineage->own_generation || lineage->own_exec_id == exec_id) return;
    lineage->lists |= lineage->own & blf_lineage_since(image, index, lineage->own_generation);
    if (lineage->own_reason) lineage->reason = lineage->own_reason;
    lineage->own_generation = 0;
}

/* The ancestors that are still there have said what they are. */
BLF_INLINE void blf_end_ancestors(struct blf_task* mine, BLF_IMAGE image,
                                  const struct blf_root* root, const struct blf_index* index,
                                  struct blf_lineage* lineage, __u32 reason) {
    __u64 kept = blf_lineage_since(image, index, lineage->generation);
    lineage->lists = (lineage->lists & kept) | mine->ancestors;
    lineage->reason = reason;
    if (!reason) lineage->generation = root->generation;
}

#define BLF_NO_ANCESTOR 1u /* not a reason: there are no more */

/* What the ancestor adds to mine->ancestors. Returns 0 to go on to the next, or why that was the
 * last one. */
BLF_INLINE __u32 blf_ask_ancestor(struct blf_task* mine, const struct blf_index* index,
                                  struct task_struct* ancestor, __u64 lists, __u32 reason) {
    mine->ancestors |= lists;
    if (reason) return reason;
    struct blf_lineage* known = bpf_task_storage_get(&lineages, ancestor, 0, 0);
    if (!known || known->generation < index->lineage_newest || known->reason) return 0;
    mine->ancestors |= known->lists;
    return BLF_NO_ANCESTOR;
}

/* What the current task descends from, brought up to date, into task->subject. Called for depth 0
 * first, the task itself, and one more each time as long as it returns 1; so an executable is
 * looked up in one place, which verifiers follow once. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_gather_lineage(struct blf_task* mine, __u32 depth) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    BLF_IMAGE image = blf_published();
    if (!mine || !image) return 0;
    const struct blf_root* root = (const struct blf_root*)blf_block_at(image, BLF_BLOCK_ROOT);
    const struct blf_index* index = (const struct blf_index*)blf_block_at(image, BLF_BLOCK_INDEX);
    if (!root || !index || !(root->used & BLF_OF_ANCESTORS)) return 0;
    struct blf_lineage* lineage = blf_storage_of(&lineages, task);
    mine->subject.reason[BLF_BY_ANCESTORS] = BLF_REASON_NO_MEMORY;
    if (!lineage) return 0;
    __u64 exec_id = task->self_exec_id, lists = 0;
    __u32 reason = 0, end = 0;
    struct task_struct* ancestor = blf_ancestor(depth);
    __u32 known = BLF_VALUE(!depth && lineage->own_generation == root->generation &&
                            lineage->own_exec_id == exec_id && !lineage->own_reason);
    mine->at.generation = root->generation;
    if (ancestor && !known) lists = blf_lineages_of(mine, image, root, index, ancestor, &reason);
    if (!depth) {
        mine->ancestors = 0;
        blf_note_exec(lineage, image, index, exec_id);
        if (!known) {
            lineage->own = lists;
            lineage->own_reason = reason;
            lineage->own_exec_id = exec_id;
            lineage->own_generation = root->generation;
        }
        if (!lineage->generation || lineage->generation < index->lineage_newest) return 1;
    } else {
        end = ancestor ? blf_ask_ancestor(mine, index, ancestor, lists, reason) : BLF_NO_ANCESTOR;
        if (!end && depth < BLF_ANCESTORS_MAX) return 1;
        if (!end) end = BLF_REASON_TOO_DEEP;
        blf_end_ancestors(mine, image, root, index, lineage, end == BLF_NO_ANCESTOR ? 0 : end);
    }
    mine->subject.own.ancestors = lineage->lists;
    mine->subject.reason[BLF_BY_ANCESTORS] = lineage->reason;
    return 0;
}

BLF_INLINE void blf_ask_lineage(struct blf_task* mine) {
    if (!blf_knows_any(BLF_OF_ANCESTORS)) return;
#pragma clang loop unroll(disable)
    for (__u32 depth = 0; depth <= BLF_ANCESTORS_MAX; depth++)
        if (!blf_gather_lineage(mine, depth)) break;
}

#endif
