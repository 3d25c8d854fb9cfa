/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The maps that the programs and the loader share, besides the image.
 *
 *   slot      array of one map: the published image. Filled before the first program is attached,
 *             never emptied while one is; replacing it is the only way a policy changes.
 *   control   array of one struct blf_control, mapped by the loader
 *   tasks     task storage: struct blf_task, written by the programs
 *   spares    array of struct blf_task, for when task storage gives none; the programs' own
 *   probes    task storage: struct blf_probe, written by the loader for its own task
 *
 * Proof. The loader stores a struct blf_probe for itself, sets control.probing, and makes one
 * harmless call at a hook. The program there answers that task, and only it, with
 * BLF_PROOF_ERRNO, and notes the generation of the image that it saw. No kernel path gives that
 * errno for these calls, so seeing it proves that the kernel asked this program and obeyed it.
 */
#ifndef BAILIFF_ABI_RUNTIME_H
#define BAILIFF_ABI_RUNTIME_H

#include "abi/operation.h"
#include "abi/types.h"

/* Programs and loader of different numbers must not work on each other's pins. */
#define BLF_RUNTIME_VERSION 1u

/* ENOANO, "no anode": unused by the VFS. Policies may not name it. */
#define BLF_PROOF_ERRNO 55

#define BLF_HOOKS_MAX 32

struct blf_answer {
    __u64 count;      /* proofs answered at this hook */
    __u64 generation; /* of the image seen by the last one */
};

struct blf_control {
    __u32 version;    /* BLF_RUNTIME_VERSION, written before anything is attached */
    __u32 probing;    /* not 0: some task may carry a probe */
    __u64 applied_at; /* Unix seconds; of generation `applied_generation` and no other */
    __u64 applied_generation;
    __u64 proved_at; /* Unix seconds; likewise */
    __u64 proved_generation;
    /* The highest number ever published here: never given twice, since labels are kept by it. */
    __u64 last_generation;
    __u64 build; /* the programs' object, the beginning of its SHA-256 */
    __u64 pad[1];
    struct blf_answer answer[BLF_HOOKS_MAX]; /* by enum blf_hook */
};
BLF_STATIC_ASSERT(sizeof(struct blf_control) == 64 + 16 * BLF_HOOKS_MAX, "see blf_control");
BLF_STATIC_ASSERT(BLF_HOOK_COUNT <= BLF_HOOKS_MAX, "one answer a hook");

struct blf_probe {
    __u32 hook; /* 1 + enum blf_hook: which hook may answer; 0: none */
    __u32 pad;
};
BLF_STATIC_ASSERT(sizeof(struct blf_probe) == 8, "see blf_probe");

/* 6.1 gives no task storage to a task that was preempted inside another one's storage call on the
 * same CPU. Such a task takes a spare; each CPU begins looking at another one. */
#define BLF_SPARES 64
#define BLF_SPARE_TRIES 8

#define BLF_RING 128 /* dentries remembered on the way up; deeper paths are walked again */

/* What is known of a task, and its scratch memory. Per-CPU scratch would be clobbered: LSM programs
 * are preemptible from 7.x on by default. */
struct blf_task {
    __u32 spare; /* 0: task storage; else one of the spares, in use */
    __u32 pad;
    __u64 generation; /* of the image for which the label holds; 0: no label yet */
    __u64 exec_id;    /* task_struct.self_exec_id at that time: an exec makes the label stale */
    __u32 exe_state;
    __u32 exe_reason; /* enum blf_reason */
    __u64 ring[BLF_RING];
    __u64 name[32];
};
BLF_STATIC_ASSERT(sizeof(struct blf_task) == 32 + 8 * BLF_RING + 256, "see blf_task");

#endif
