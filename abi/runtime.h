/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The maps that the programs and the loader share, besides the image.
 *
 *   slot      array of one map: the published image. Filled before the first program is attached,
 *             never emptied while one is; replacing it is the only way a policy changes.
 *   control   array of one struct blf_control, mapped by the loader
 *   probes    task storage: struct blf_probe, written by the loader for its own task
 *   members   task storage: struct blf_member, of a run: written by the loader for the command, and
 *             by the programs for all that it starts
 *
 * Maps that are the programs' own stand in bpf/.
 *
 * Proof. The loader stores a struct blf_probe for itself, sets control.probing, and makes one
 * harmless call at a hook. The program there notes the generation of the image that it saw, and
 * where the hook has a verdict it answers that task, and only it, with BLF_PROOF_ERRNO. No kernel
 * path gives that errno for these calls, so seeing it proves that the kernel asked this program and
 * obeyed it. Other programs on sockets let it pass meanwhile: the policy in force may deny it the
 * sockets that the call takes.
 */
#ifndef BAILIFF_ABI_RUNTIME_H
#define BAILIFF_ABI_RUNTIME_H

#include "abi/operation.h"
#include "abi/subject.h"
#include "abi/types.h"

/* Programs and loader of different numbers must not work on each other's pins. */
#define BLF_RUNTIME_VERSION 11u

/* ENOANO, "no anode": unused by the VFS. Policies may not name it. */
#define BLF_PROOF_ERRNO 55

#define BLF_HOOKS_MAX BLF_SET_MAX

struct blf_answer {
    __u64 count;      /* proofs answered at this hook */
    __u64 generation; /* of the image seen by the last one */
};

#define BLF_KNOWS_OF_DEFAULTS (1ULL << 63)
#define BLF_IS_OF_RUN (1ULL << 62)
#define BLF_IS_TRACED (1ULL << 61)

/* A directory by its inode. */
struct blf_own_place {
    __u64 inode;
    __u32 device;
    __u32 generation;
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
    __u64 build;       /* the programs' objects, the beginning of their SHA-256 */
    __u64 host_mounts; /* inode number of the host's mount namespace, /proc/1/ns/mnt */
    __u64 knowledge;   /* what the programs know to look at: the dimensions of who asks, a bit for
                          each enum blf_by, and BLF_KNOWS_OF_DEFAULTS; and whether the policies are
                          about the members of a run alone, BLF_IS_OF_RUN, or nothing is decided,
                          and all is told that they ask for, BLF_IS_TRACED */
    __u64 remembers;   /* not 0: the programs remember where directories are, bpf/now.h */
    __u64 programs;    /* which ones the links are of: made of their ids */
    __u64 lost;        /* events that could not be told (abi/event.h) */
    __u64 hooks[2];    /* attached ones, a bit for each enum blf_hook */
    /* Where bailiff lies that published: whoever runs a program of that name there may call bpf(2).
     */
    struct blf_own_place own;
    struct blf_answer answer[BLF_HOOKS_MAX]; /* by enum blf_hook */
};
BLF_STATIC_ASSERT(sizeof(struct blf_control) == 128 + 16 * BLF_HOOKS_MAX, "see blf_control");
BLF_STATIC_ASSERT(BLF_HOOK_COUNT <= BLF_HOOKS_MAX, "one answer a hook");
BLF_STATIC_ASSERT(BLF_IS_TRACED > BLF_DIMENSION(BLF_DIMENSIONS), "beside bits of dimensions");

struct blf_probe {
    __u32 hook; /* 1 + enum blf_hook: which hook may answer; 0: none */
    __u32 pad;
};
BLF_STATIC_ASSERT(sizeof(struct blf_probe) == 8, "see blf_probe");

/* Whom the policies of a run are about. */
struct blf_member {
    __u64 since; /* the self_exec_id with which it begins; 0: with the next exec */
    __u32 enlisted;
    __u32 pad;
};
BLF_STATIC_ASSERT(sizeof(struct blf_member) == 16, "see blf_member");

#endif
