/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The executable of a task, by the automaton of one of the dimensions that ask for executables: at
 * the path where its exec found it, or, of a task older than our programs, where it is now.
 */
#ifndef BAILIFF_BPF_EXECUTABLE_H
#define BAILIFF_BPF_EXECUTABLE_H

#include "bpf/note.h"

/* Where the program at mine->at.dentry and .mount is, into the rest of it; one without a visible
 * path is known by the canonical one alone. Returns enum blf_reason: 0, or why that cannot be told.
 */
BLF_INLINE __u32 blf_locate_program(struct blf_task* mine, BLF_IMAGE image, __u32 by) {
    const struct blf_dimension* dimension = blf_dimension_of(image, by);
    if (!dimension) return BLF_REASON_NOT_SEEN;
    mine->at.root = dimension->first;
    mine->at.lost = dimension->second;
    blf_locate(mine);
    if (mine->at.nowhere) mine->at.visible = mine->at.canonical;
    return mine->at.reason;
}

/* `exe`: of the task, which the verifier must trust. */
BLF_INLINE __u32 blf_locate_executable(struct blf_task* mine, BLF_IMAGE image, __u32 by,
                                       struct task_struct* task, struct file* exe) {
    struct blf_notes* notes = blf_notes_of(task);
    if (!notes) return BLF_REASON_NO_MEMORY;
    const struct blf_note* note = blf_valid_note(notes, task->self_exec_id);
    if (note) return blf_match_note(mine, image, by, note);
    if (!exe) return BLF_REASON_NOT_SEEN;
    blf_set_program(mine, exe);
    return blf_locate_program(mine, image, by);
}

/* What a task runs, as one number. Nothing holds another task's memory map in place: what was found
 * of it counts when this is the same afterwards. 0: a kernel thread, or one that is gone. */
BLF_INLINE __u64 blf_run_by(struct task_struct* task) {
    struct mm_struct* mm = task ? task->mm : NULL;
    return mm ? blf_number(mm) ^ blf_number(mm->exe_file) ^ task->self_exec_id : 0;
}

#endif
