/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The path of what a task runs, as its exec found it: whoever renames or replaces the file, mounts
 * something over it, or changes the task's link to it afterwards does not change who the task is,
 * under this policy or the next. Children inherit it.
 *
 * Both names are noted, component by component, and each image's automaton reads them when a task
 * is first asked about under it.
 *
 * A task without a note became what it is before this was there, or runs what lies at a path that
 * could not be noted: it is known by where its executable is when it is asked.
 */
#ifndef BAILIFF_BPF_NOTE_H
#define BAILIFF_BPF_NOTE_H

#include "bpf/dimensions.h"
#include "bpf/locate.h"
#include "bpf/storage.h"

#define BLF_NOTE_TRIES 4

struct blf_note_head {
    __u64 exec_id;   /* after this exec */
    __u32 visible;   /* BLF_MARK(), or BLF_DEAD: there is no such name */
    __u32 canonical; /* the same as `visible`: noted once */
    __u32 nowhere;   /* as in struct blf_location */
    __u32 pad;
};

struct blf_note {
    struct blf_note_head head;
    __u8 names[BLF_NOTE];
};

/* By exec_id & 1: an exec that fails leaves the other. */
struct blf_notes {
    struct blf_note of[2];
};

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct blf_notes);
} executables SEC(".maps");

/* Does any dimension ask which executable a task has? */
BLF_INLINE __u32 blf_notes_executables(void) {
    return blf_knows_any(BLF_OF_EXECUTABLES);
}

/* Made where there is none: NULL would also be 6.1's answer while it is busy, see bpf/storage.h,
 * and who has a note must not be judged as one without. */
BLF_INLINE struct blf_notes* blf_notes_of(struct task_struct* task) {
    return blf_storage_of(&executables, task);
}

/* NULL: there is none. */
BLF_INLINE const struct blf_note* blf_valid_note(const struct blf_notes* notes, __u64 exec_id) {
    const struct blf_note* note = &notes->of[exec_id & 1];
    return exec_id && note->head.exec_id == exec_id ? note : NULL;
}

/* How much of a note its names take. */
BLF_INLINE __u32 blf_note_size(__u32 visible, __u32 canonical) {
    __u32 one = BLF_MARK_END(visible), other = BLF_MARK_END(canonical);
    __u32 size = one > other ? one : other;
    BLF_OPAQUE(size);
    return size < BLF_NOTE ? size : BLF_NOTE;
}

BLF_INLINE __u32 blf_read_note(struct blf_task* mine, __u32 begin, __u32 end, __u32 state) {
    mine->walk.mode = BLF_WALK_NAME;
    mine->walk.use = BLF_WALK_READS;
    mine->walk.stop = 0;
    mine->walk.note_at = begin;
    mine->walk.note_end = end;
    mine->walk.t.state = state;
    blf_walk_along(mine);
    mine->walk.use = BLF_WALK_CLIMBS;
    if (mine->walk.t.reason) mine->at.reason = mine->walk.t.reason;
    return mine->walk.t.state;
}

/* The states of a noted path into mine->at, under the image of at.generation. `names`: where those
 * of the note are. Returns enum blf_reason. */
BLF_INLINE __u32 blf_match_names(struct blf_task* mine, BLF_IMAGE image, __u32 by,
                                 const struct blf_note_head* note, const void* names) {
    const struct blf_dimension* dimension = blf_dimension_of(image, by);
    struct blf_location* at = &mine->at;
    const __u32 visible = note->visible, canonical = note->canonical;
    if (!dimension) return BLF_REASON_NOT_SEEN;
    at->nowhere = note->nowhere;
    at->reason = 0;
    at->visible = BLF_DEAD;
    if (bpf_probe_read_kernel(mine->note, blf_note_size(visible, canonical), names))
        return BLF_REASON_UNREADABLE;
    if (visible != BLF_DEAD)
        at->visible = blf_read_note(mine, 0, BLF_MARK_END(visible), dimension->first);
    at->canonical = at->visible;
    if (canonical != visible)
        at->canonical = blf_read_note(
            mine, BLF_MARK_END(visible), BLF_MARK_END(canonical),
            BLF_MARK_FROM(canonical) == BLF_FROM_ROOT ? dimension->first : dimension->second);
    if (at->nowhere) at->visible = at->canonical;
    return at->reason;
}

BLF_INLINE __u32 blf_match_note(struct blf_task* mine, BLF_IMAGE image, __u32 by,
                                const struct blf_note* note) {
    return blf_match_names(mine, image, by, &note->head, note->names);
}

/* Both names of the program at mine->at.dentry and .mount into mine->note. Global: see
 * blf_walk_along(). */
__attribute__((noinline)) int blf_write_note(struct blf_task* mine) {
    BLF_IMAGE image = blf_published();
    const struct blf_root* root = blf_root_in(image);
    if (!mine || !root) return 0;
    mine->at.generation = root->generation;
    mine->at.root = BLF_FROM_ROOT;
    mine->at.lost = BLF_FROM_LOST;
    mine->walk.use = BLF_WALK_WRITES;
    blf_locate(mine);
    mine->walk.use = BLF_WALK_CLIMBS;
    return 0;
}

BLF_INLINE void blf_set_program(struct blf_task* mine, struct file* program) {
    mine->at.dentry = blf_number(program->f_path.dentry);
    mine->at.mount = blf_number(program->f_path.mnt) - BLF_OFFSET(mount, mnt);
}

/* What the current task is about to execute. An exec that comes by several files ends with the one
 * that is run. Returns 0 or a negative errno: what an exec noted that failed afterwards must not
 * stand for the next one. */
BLF_INLINE int blf_note_executable(struct blf_task* mine, struct file* program) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    struct blf_notes* notes = blf_notes_of(task);
    if (!notes) return -ENOMEM;
    struct blf_note* note = &notes->of[(task->self_exec_id + 1) & 1];
    blf_set_program(mine, BLF_UNTRUSTED(file, program));
    mine->at.reason = BLF_REASON_MOVING;
    for (__u32 i = 0; i < BLF_NOTE_TRIES && mine->at.reason == BLF_REASON_MOVING; i++)
        blf_write_note(mine);
    note->head.exec_id = 0;
    if (mine->at.reason) return 0;
    note->head.visible = mine->at.visible;
    note->head.canonical = mine->at.canonical;
    note->head.nowhere = mine->at.nowhere;
    bpf_probe_read_kernel(note->names, blf_note_size(mine->at.visible, mine->at.canonical),
                          mine->note);
    note->head.exec_id = task->self_exec_id + 1;
    return 0;
}

/* Where the executable lies now would not do for a child whose parent has a note: it may have been
 * renamed since. Without memory for its note the child is not made. */
BLF_INLINE int blf_inherit_note(struct task_struct* child) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    const __u64 exec_id = task->self_exec_id;
    const struct blf_notes* notes = blf_notes_of(task);
    if (!notes) return -ENOMEM;
    const struct blf_note* note = blf_valid_note(notes, exec_id);
    if (!note) return 0;
    struct blf_notes* childs = blf_notes_of(child);
    if (!childs) return -ENOMEM;
    bpf_probe_read_kernel(
        &childs->of[exec_id & 1],
        sizeof(note->head) + blf_note_size(note->head.visible, note->head.canonical), note);
    return 0;
}

#endif
