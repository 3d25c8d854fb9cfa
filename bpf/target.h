/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The process that a request is about: what policies can say of it, into task->subject.
 *
 * A hook has a pointer to it that verifiers trust; what decides (bpf/decision.h) is handed numbers
 * alone. So the hook looks up what is noted of the process and of its ancestors, and all else is
 * read by the addresses that it leaves in task->target. The kernel holds the process until the hook
 * is over, and with it what is noted of it. It may exec or end meanwhile: what was found of its
 * executable counts when it runs the same afterwards.
 */
#ifndef BAILIFF_BPF_TARGET_H
#define BAILIFF_BPF_TARGET_H

#include "bpf/script.h"
#include "bpf/subject.h"

BLF_INLINE void blf_note_other(struct blf_other* other, struct task_struct* task) {
    other->notes = 0;
    other->lineage = 0;
    if (blf_knows_any(BLF_OF_EXECUTABLES)) other->notes = blf_number(blf_notes_of(task));
    if (blf_knows_any(BLF_OF_ANCESTORS | BLF_OF_SCRIPTS))
        other->lineage = blf_number(blf_storage_of(&lineages, task));
    other->task = blf_number(task);
}

/* `task`: trusted by the verifier. */
BLF_INLINE void blf_note_target(struct blf_task* mine, struct task_struct* task) {
    __u32 others = blf_knows(BLF_BY_TARGET_ANCESTORS) ? BLF_ANCESTORS_MAX
                   : blf_knows(BLF_BY_TARGET_PARENT)  ? 1
                                                      : 0;
    mine->targets = 0;
    if (blf_knows(BLF_BY_TARGET_EXE_SHA256))
        mine->target_digests = blf_number(blf_digests_of(task));
#pragma clang loop unroll(disable)
    for (__u32 i = 0; i <= BLF_ANCESTORS_MAX; i++) {
        blf_note_other(&mine->target[i], task);
        mine->targets = i + 1;
        struct task_struct* parent = task->real_parent;
        if (i >= others || !parent || blf_number(parent) == mine->target[i].task) break;
        task = parent;
    }
}

/* What another process runs, as blf_run_by() has it. */
BLF_INLINE __u64 blf_other_runs(__u64 task) {
    __u64 mm = blf_read_pointer(task + BLF_OFFSET(task_struct, mm));
    if (!mm) return 0;
    return mm ^ blf_read_pointer(mm + BLF_OFFSET(mm_struct, exe_file)) ^
           blf_read_pointer(task + BLF_OFFSET(task_struct, self_exec_id));
}

BLF_INLINE __u64 blf_exe_of_other(__u64 task) {
    __u64 mm = blf_read_pointer(task + BLF_OFFSET(task_struct, mm));
    return mm ? blf_read_pointer(mm + BLF_OFFSET(mm_struct, exe_file)) : 0;
}

/* The executable of another process by the automaton of a dimension, into mine->at. Returns enum
 * blf_reason. */
BLF_INLINE __u32 blf_match_other(struct blf_task* mine, BLF_IMAGE image, __u32 by,
                                 const struct blf_other* other) {
    struct blf_note_head head = {};
    __u64 exec_id = blf_read_pointer(other->task + BLF_OFFSET(task_struct, self_exec_id));
    __u64 note = other->notes + (exec_id & 1) * sizeof(struct blf_note);
    if (!other->notes) return BLF_REASON_NO_MEMORY;
    if (bpf_probe_read_kernel(&head, sizeof(head), (void*)note)) return BLF_REASON_UNREADABLE;
    if (exec_id && head.exec_id == exec_id)
        return blf_match_names(mine, image, by, &head, (void*)(note + sizeof(head)));
    __u64 exe = blf_exe_of_other(other->task);
    if (!exe) return BLF_REASON_NOT_SEEN;
    __u64 path = exe + BLF_OFFSET(file, f_path);
    mine->at.dentry = blf_read_pointer(path + BLF_OFFSET(path, dentry));
    mine->at.mount = blf_read_pointer(path + BLF_OFFSET(path, mnt)) - BLF_OFFSET(mount, mnt);
    return blf_locate_program(mine, image, by);
}

#define BLF_OTHER_TRIES 4

BLF_INLINE __u32 blf_locate_other(struct blf_task* mine, BLF_IMAGE image, __u32 by,
                                  const struct blf_other* other) {
#pragma clang loop unroll(disable)
    for (__u32 i = 0; i < BLF_OTHER_TRIES; i++) {
        __u64 runs = blf_other_runs(other->task);
        mine->at.visible = BLF_DEAD;
        mine->at.canonical = BLF_DEAD;
        if (!runs) return 0;
        __u32 reason = blf_match_other(mine, image, by, other);
        if (blf_other_runs(other->task) == runs) return reason;
    }
    return BLF_REASON_MOVING;
}

BLF_INLINE __u32 blf_is_about_target(const struct blf_task* mine) {
    return (blf_details_of(mine->request.ask) & BLF_OF_TARGETS) != 0;
}

/* The executable of one of mine->target by the automaton of a dimension, into task->subject and
 * mine->at. A kernel thread has no executable: no pattern names it. Called by what the decider
 * itself calls: more functions on top of each other no kernel allows. Global: see
 * blf_walk_along(). */
__attribute__((noinline)) int blf_gather_other(struct blf_task* mine, __u32 which, __u32 by) {
    BLF_IMAGE image = blf_published();
    if (!mine || !image || which > BLF_ANCESTORS_MAX || by >= BLF_AUTOMATA) return 0;
    if (!blf_is_about_target(mine) || mine->unseen || which >= mine->targets) return 0;
    const struct blf_root* root = (const struct blf_root*)blf_block_at(image, BLF_BLOCK_ROOT);
    if (!root || !(root->used >> by & 1)) return 0;
    struct blf_other other = mine->target[which];
    mine->at.generation = root->generation;
    __u32 reason = blf_locate_other(mine, image, by, &other);
    mine->subject.reason[by] = reason;
    if (reason || by >= BLF_PATH_DIMENSIONS) return 0;
    blf_set_state(&mine->subject, by, mine->at.visible, mine->at.canonical);
    return 0;
}

/* By what others may do to it, the kernel knows a process by its objective credentials. */
BLF_INLINE void blf_gather_target_credentials(struct blf_subject* subject, __u64 task) {
    __u64 cred = blf_read_pointer(task + BLF_OFFSET(task_struct, real_cred));
    __u64 groups = blf_read_pointer(cred + BLF_OFFSET(cred, group_info));
    __u64 user_ns = blf_read_pointer(cred + BLF_OFFSET(cred, user_ns));
    subject->value[BLF_BY_TARGET_UID - BLF_AUTOMATA] = blf_read_word(cred + BLF_OFFSET(cred, euid));
    subject->target.gid = blf_read_word(cred + BLF_OFFSET(cred, egid));
    if (groups) {
        subject->target.group_count = blf_read_word(groups + BLF_OFFSET(group_info, ngroups));
        subject->target.groups = groups + BLF_OFFSET(group_info, gid);
    }
    subject->value[BLF_BY_TARGET_USER_NAMESPACE - BLF_AUTOMATA] =
        user_ns && blf_read_word(user_ns + BLF_OFFSET(user_namespace, level))
            ? BLF_USER_NAMESPACE_OTHER
            : BLF_USER_NAMESPACE_HOST;
    subject->target.capabilities = blf_read_pointer(cred + BLF_OFFSET(cred, cap_effective));
}

BLF_INLINE void blf_gather_target_login(struct blf_subject* subject, __u64 task) {
    __u64 signal = blf_read_pointer(task + BLF_OFFSET(task_struct, signal));
    subject->value[BLF_BY_TARGET_LOGIN_UID - BLF_AUTOMATA] =
        bpf_core_field_exists(struct task_struct, loginuid)
            ? blf_read_word(task + BLF_OFFSET(task_struct, loginuid))
            : BLF_NO_LOGIN;
    subject->value[BLF_BY_TARGET_SESSION - BLF_AUTOMATA] =
        signal && blf_read_pointer(signal + BLF_OFFSET(signal_struct, tty)) ? BLF_SESSION_TTY
                                                                            : BLF_SESSION_NONE;
}

BLF_INLINE void blf_gather_target_cgroup(struct blf_task* mine, BLF_IMAGE image, __u64 task) {
    const struct blf_dimension* dimension = blf_dimension_of(image, BLF_BY_TARGET_CGROUP);
    __u64 set = blf_read_pointer(task + BLF_OFFSET(task_struct, cgroups));
    __u64 cgroup = set ? blf_read_pointer(set + BLF_OFFSET(css_set, dfl_cgrp)) : 0;
    __u64 node = cgroup ? blf_read_pointer(cgroup + BLF_OFFSET(cgroup, kn)) : 0;
    mine->subject.reason[BLF_BY_TARGET_CGROUP] = BLF_REASON_NOT_SEEN;
    if (!dimension || !node) return;
    mine->subject.reason[BLF_BY_TARGET_CGROUP] = blf_match_cgroup(mine, dimension, node);
    blf_set_state(&mine->subject, BLF_BY_TARGET_CGROUP, mine->walk.t.state, mine->walk.t.state);
}

BLF_INLINE const struct blf_sha256_text* blf_claim_about_other(__u64 task) {
    struct blf_identity key = {};
    __u64 exe = blf_exe_of_other(task);
    __u64 inode = exe ? blf_read_pointer(exe + BLF_OFFSET(file, f_inode)) : 0;
    __u64 super = inode ? blf_read_pointer(inode + BLF_OFFSET(inode, i_sb)) : 0;
    if (!super) return NULL;
    key.inode = blf_read_pointer(inode + BLF_OFFSET(inode, i_ino));
    key.device = blf_read_word(super + BLF_OFFSET(super_block, s_dev));
    key.generation = blf_read_word(inode + BLF_OFFSET(inode, i_generation));
    return bpf_map_lookup_elem(&claims, &key);
}

/* Into mine->name. Returns enum blf_reason. */
BLF_INLINE __u32 blf_read_target_digest(struct blf_task* mine, __u64 task) {
    __u64 exec_id = blf_read_pointer(task + BLF_OFFSET(task_struct, self_exec_id));
    __u64 note = mine->target_digests + (exec_id & 1) * sizeof(struct blf_noted_digest);
    __u64 noted[2]; /* the beginning of struct blf_noted_digest */
    if (!mine->target_digests) return BLF_REASON_NO_MEMORY;
    if (bpf_probe_read_kernel(noted, sizeof(noted), (void*)note)) return BLF_REASON_UNREADABLE;
    for (__u32 i = 0; i < BLF_NAME_WORDS; i++) mine->name[i] = 0;
    if (noted[0] == exec_id) {
        if (noted[1]) return noted[1];
        return bpf_probe_read_kernel(mine->name, sizeof(struct blf_sha256_text),
                                     (void*)(note + sizeof(noted)))
                   ? BLF_REASON_UNREADABLE
                   : 0;
    }
    const struct blf_sha256_text* text = blf_claim_about_other(task);
    if (!text) return BLF_REASON_NOT_SEEN;
    for (__u32 i = 0; i < 8; i++) mine->name[i] = text->word[i];
    return 0;
}

/* A kernel thread runs no file. */
BLF_INLINE void blf_gather_target_digest(struct blf_task* mine, BLF_IMAGE image, __u64 task) {
    const struct blf_dimension* dimension = blf_dimension_of(image, BLF_BY_TARGET_EXE_SHA256);
    if (!dimension || !blf_other_runs(task)) return;
    __u32 reason = blf_read_target_digest(mine, task);
    if (!reason) {
        mine->walk.t.state = dimension->first;
        reason = blf_match_name(mine, sizeof(struct blf_sha256_text));
    }
    mine->subject.reason[BLF_BY_TARGET_EXE_SHA256] = reason;
    if (reason) return;
    blf_set_state(&mine->subject, BLF_BY_TARGET_EXE_SHA256, mine->walk.t.state, mine->walk.t.state);
}

#define BLF_OF_LINEAGE(lineage, field) \
    blf_read_pointer((lineage) + __builtin_offsetof(struct blf_lineage, field))

BLF_INLINE void blf_gather_target_script(struct blf_task* mine, BLF_IMAGE image,
                                         const struct blf_index* index) {
    __u64 task = mine->target[0].task, lineage = mine->target[0].lineage;
    __u64 exec_id = blf_read_pointer(task + BLF_OFFSET(task_struct, self_exec_id));
    __u64 script = lineage + (exec_id & 1) * sizeof(struct blf_script);
    mine->subject.reason[BLF_BY_TARGET_SCRIPT] = BLF_REASON_NO_MEMORY;
    if (!lineage) return;
    mine->subject.reason[BLF_BY_TARGET_SCRIPT] = 0;
    if (BLF_OF_LINEAGE(script, script[0].exec_id) != exec_id) return;
    mine->subject.target.scripts =
        (BLF_OF_LINEAGE(script, script[0].lists.governing) |
         BLF_OF_LINEAGE(script, script[0].lists.excepting)) &
        blf_lineage_since(image, index, BLF_OF_LINEAGE(script, script[0].generation));
    mine->subject.reason[BLF_BY_TARGET_SCRIPT] =
        blf_read_word(script + __builtin_offsetof(struct blf_lineage, script[0].reason));
}

BLF_INLINE void blf_miss_target(struct blf_subject* subject, __u32 reason) {
    for (__u32 by = 0; by < BLF_DIMENSIONS; by++)
        if (BLF_OF_TARGETS >> by & 1) subject->reason[by] = reason;
}

/* All of it but its executables and what it descends from. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_gather_target(struct blf_task* mine) {
    BLF_IMAGE image = blf_published();
    if (!mine || !image || !blf_is_about_target(mine)) return 0;
    const struct blf_root* root = (const struct blf_root*)blf_block_at(image, BLF_BLOCK_ROOT);
    const struct blf_index* index = (const struct blf_index*)blf_block_at(image, BLF_BLOCK_INDEX);
    if (!root || !index) return 0;
    if (mine->unseen) {
        blf_miss_target(&mine->subject, mine->unseen);
        return 0;
    }
    __u64 task = mine->target[0].task;
    blf_gather_target_credentials(&mine->subject, task);
    blf_gather_target_login(&mine->subject, task);
    if (blf_asks_for(root, BLF_BY_TARGET_CGROUP)) blf_gather_target_cgroup(mine, image, task);
    if (blf_asks_for(root, BLF_BY_TARGET_EXE_SHA256)) blf_gather_target_digest(mine, image, task);
    if (blf_asks_for(root, BLF_BY_TARGET_SCRIPT)) blf_gather_target_script(mine, image, index);
    return 0;
}

/* What was noted of it up to now, into mine->ancestors: also what it ran before the program that it
 * runs. Returns whether that is all, under the lists that are in force. */
BLF_INLINE __u32 blf_begin_target_lineage(struct blf_task* mine, BLF_IMAGE image,
                                          const struct blf_index* index, __u32* reason) {
    __u64 task = mine->target[0].task, lineage = mine->target[0].lineage;
    __u64 exec_id = blf_read_pointer(task + BLF_OFFSET(task_struct, self_exec_id));
    __u64 generation = BLF_OF_LINEAGE(lineage, generation);
    __u64 own_generation = BLF_OF_LINEAGE(lineage, own_generation);
    __u64 reasons = BLF_OF_LINEAGE(lineage, reason); /* and own_reason behind it */
    mine->ancestors = BLF_OF_LINEAGE(lineage, lists) & blf_lineage_since(image, index, generation);
    *reason = (__u32)reasons;
    if (own_generation && BLF_OF_LINEAGE(lineage, own_exec_id) != exec_id) {
        mine->ancestors |=
            BLF_OF_LINEAGE(lineage, own) & blf_lineage_since(image, index, own_generation);
        if (reasons >> 32) *reason = reasons >> 32;
    }
    return generation && generation >= index->lineage_newest;
}

/* What an ancestor, which blf_gather_other() looked at, adds to mine->ancestors. Returns 0 to go on
 * to the next, or why that was the last one. */
BLF_INLINE __u32 blf_add_targets_ancestor(struct blf_task* mine, BLF_IMAGE image,
                                          const struct blf_root* root,
                                          const struct blf_index* index, __u32 which) {
    __u32 reason = mine->subject.reason[BLF_BY_LINEAGE];
    if (which > BLF_ANCESTORS_MAX) return BLF_REASON_TOO_DEEP;
    if (which >= mine->targets) return BLF_NO_ANCESTOR;
    if (reason) return reason;
    struct blf_lineages found = blf_lineages_here(mine, image, root, index);
    __u64 lineage = mine->target[which].lineage;
    mine->ancestors |= found.governing | found.excepting;
    if (!lineage || BLF_OF_LINEAGE(lineage, generation) < index->lineage_newest ||
        (__u32)BLF_OF_LINEAGE(lineage, reason))
        return 0;
    mine->ancestors |= BLF_OF_LINEAGE(lineage, lists);
    return BLF_NO_ANCESTOR;
}

/* What it descends from, as blf_gather_lineage() has it of who asks: an ancestor a call, as long as
 * it returns 1. Nothing is noted, since it is not its own doing. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_gather_target_lineage(struct blf_task* mine, __u32 depth) {
    BLF_IMAGE image = blf_published();
    if (!mine || !image || !blf_is_about_target(mine) || mine->unseen) return 0;
    const struct blf_root* root = (const struct blf_root*)blf_block_at(image, BLF_BLOCK_ROOT);
    const struct blf_index* index = (const struct blf_index*)blf_block_at(image, BLF_BLOCK_INDEX);
    if (!root || !index || !blf_asks_for(root, BLF_BY_TARGET_ANCESTORS)) return 0;
    __u32 reason = BLF_REASON_NO_MEMORY, all = 1;
    mine->subject.reason[BLF_BY_TARGET_ANCESTORS] = reason;
    if (!mine->target[0].lineage) return 0;
    if (!depth) {
        all = blf_begin_target_lineage(mine, image, index, &reason);
    } else {
        reason = blf_add_targets_ancestor(mine, image, root, index, depth);
        all = reason;
        if (reason == BLF_NO_ANCESTOR) reason = 0;
    }
    if (!all) return 1;
    mine->subject.target.ancestors = mine->ancestors;
    mine->subject.reason[BLF_BY_TARGET_ANCESTORS] = reason;
    return 0;
}

/* A step of it, after which blf_gather_target_lineage() says whether there is another. */
BLF_INLINE int blf_ask_targets_lineage(struct blf_task* mine, __u32 depth) {
    if (depth) blf_gather_other(mine, depth, BLF_BY_LINEAGE);
    return blf_gather_target_lineage(mine, depth);
}

/* All of it but what it descends from. */
BLF_INLINE void blf_ask_target(struct blf_task* mine) {
    if (!blf_knows_any(BLF_OF_TARGETS)) return;
    blf_gather_target(mine);
    if (blf_knows(BLF_BY_TARGET_EXE)) blf_gather_other(mine, 0, BLF_BY_TARGET_EXE);
    if (blf_knows(BLF_BY_TARGET_PARENT)) blf_gather_other(mine, 1, BLF_BY_TARGET_PARENT);
}

#endif
