/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What is known of a task, and its scratch memory. Per-CPU scratch would be clobbered: LSM programs
 * are preemptible, from 7.x on by default.
 */
#ifndef BAILIFF_BPF_TASK_H
#define BAILIFF_BPF_TASK_H

#include "abi/event.h"
#include "bpf/read.h"
/* after maps.h, which defines the seam */
#include "decide/address.h"
#include "decide/move.h"
#include "decide/transition.h"

#define BLF_NOTE BLF_NAMES_BYTES /* of a noted path */
#define BLF_RING 128 /* dentries remembered on the way up; deeper paths are climbed again */

/* One walk, bpf/walk.h. */
struct blf_walk {
    __u64 first_dentry; /* where every climb begins */
    __u64 first_mount;  /* 0: no path leads here, the climb ends at the superblock's root */
    __u64 dentry;       /* where this one is */
    __u64 mount;
    __u64 mount_root;
    __u64 sum; /* of all that the first climb passed */
    __u32 mode;
    __u32 use;   /* of the names: enum blf_walk_use, bpf/walk.h */
    __u32 count; /* components pushed in this climb */
    __u32 todo;  /* components not yet consumed; the climb goes up to there */
    __u32 next;  /* component to consume, counted from the bottom, plus 1 */
    __u32 stop;  /* climb only once and match nothing: to compare the sum */
    __u32 done;
    __u32 seq;     /* d_seq of the dentry where this climb is */
    __u32 waits;   /* steps spent on dentries that were just being moved */
    __u32 note_at; /* in the task's note: where the next name goes, or comes from */
    __u32 note_end;
    __u32 pad;
    struct blf_transition t;
};

/* Where an object or an executable is, bpf/locate.h: the question and the answer. */
struct blf_location {
    __u64 dentry;
    __u64 mount;      /* 0: none is known */
    __u64 generation; /* of the image that is to give the states */
    __u32 root;       /* states to begin in */
    __u32 lost;

    __u32 visible; /* states, or BLF_DEAD */
    __u32 canonical;
    __u32 reason;  /* enum blf_reason: 0, or why there are none */
    __u32 nowhere; /* no path leads to the mount */
    __u64 sum;     /* of all that was passed */
    __u64 now;     /* nothing moved from then on until the answer; 0: something did */
};

/* An object as the hook has it: addresses. */
struct blf_object {
    __u64 dentry;
    __u64 mount;     /* 0: the hook does not say through which it is seen */
    __u64 inode;     /* 0: there is none yet */
    __u32 nameless;  /* not 0: memory, which is at no place and has no name */
    __u32 directory; /* of what is moved: not 0: it is one */
    __u32 absent;    /* not 0: there is none, see BLF_IS_ANYWHERE */
    __u32 pad;
};

/* What the first text is. */
enum blf_first_text {
    BLF_TEXT_AS_IT_IS,
    BLF_TEXT_OF_MODULE, /* the name of a module's file */
    BLF_TEXT_OF_SETTING /* no text: the dentry of a file below /proc/sys */
};

/* What else is asked about (abi/details.def): a socket's address; numbers, by dimension, less
 * BLF_BY_PORT; texts of the kernel's, by dimension, less BLF_BY_NAME, by their addresses. */
struct blf_details {
    struct blf_address address;
    __u32 value[BLF_DETAIL_VALUES];
    __u64 mount_flags;
    __u64 text[BLF_DETAIL_TEXTS]; /* 0: there is none */
    __u32 first_text;             /* enum blf_first_text */
    __u32 length;                 /* of the first text; 0: it ends with a NUL */
};

/* A path of the task's that was looked up before. */
struct blf_label {
    __u64 generation; /* of the image for which it holds; 0: there is none */
    __u64 id;         /* what it is of: self_exec_id, which an exec moves; the cgroup's id */
    __u32 state[BLF_SUBJECT_NAMES];
};

/* When no default was about the task: under this image, running this, as this user. */
struct blf_free {
    __u64 generation; /* 0: it is not known */
    __u64 exec_id;
    __u32 uid;
    __u32 pad;
};

/* Who asks: a task; or whoever is alike, with states instead of what they are the states of. */
struct blf_asker {
    __u64 generation; /* of the image; 0: it is not compared */
    __u64 task;       /* its address, and when it was made, since addresses are used again */
    __u64 since;
    __u64 exec_id; /* BLF_WHOEVER: of no task */
    __u64 uid;
    __u64 capabilities; /* this and the next one 0 where the image does not ask for them */
    __u64 cgroup;
};

#define BLF_ANCESTORS_MAX 32 /* of a task older than a list: looked at */

/* Another process, and what is noted of it, by their addresses; bpf/target.h. */
struct blf_other {
    __u64 task;
    __u64 notes;   /* struct blf_notes; 0: there was no memory for them; so of the lineage */
    __u64 lineage; /* struct blf_lineage */
};

#define BLF_ENTRY_WORDS 3

/* The object as an entry of a directory, of which the states of both paths are remembered. */
struct blf_entry {
    __u32 visible; /* the directory's */
    __u32 canonical;
    __u64 name[BLF_ENTRY_WORDS]; /* with 0 behind its end */
    __u32 length;                /* 0: it was not found so, or its name is longer */
    __u32 pad;
};

struct blf_task {
    __u32 spare;      /* 0: task storage; else one of the spares, in use */
    __u32 underneath; /* the request is an overlay's about what lies underneath it */
    __u32 unseen;     /* enum blf_reason: 0, or why nothing is known of the object */
    __u32 depth;      /* ancestor to ask next, bpf/lineage.h; 0: none has been asked */
    __u32 tries;
    __u32 pad;
    __u64 gathered; /* under the image of this generation: the object */
    struct blf_label exe;
    struct blf_label cgroup;
    struct blf_label digest;
    struct blf_free free;
    struct blf_asker asker; /* of a request about names, bpf/answered.h */
    struct blf_location at;
    struct blf_walk walk;
    struct blf_object object;
    struct blf_entry entry;
    struct blf_details details;
    struct blf_other target[1 + BLF_ANCESTORS_MAX]; /* whom it is about, and its ancestors */
    __u32 targets;                                  /* how many of these are there */
    __u32 target_depth;                             /* as `depth` */
    __u64 target_digests;                           /* struct blf_noted_digests */
    struct blf_request request;
    struct blf_subject subject;
    __u64 ancestors; /* lists of those asked up to now, bpf/lineage.h */
    struct blf_sift sift;
    struct blf_object move_from, move_to;
    struct blf_request from; /* of a move, whose other request is then the one above */
    struct blf_move move;
    __u64 ring[BLF_RING];
    __u64 name[BLF_NAME_WORDS];
    __u8 note[BLF_NOTE + BLF_NAME_MAX + 1]; /* names of a path, topmost first: bpf/note.h */
};

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct blf_task);
} tasks SEC(".maps");

/* A task that 6.1 gives no storage (bpf/storage.h) takes a spare instead of waiting; each CPU
 * begins looking at another one. */
#define BLF_SPARES 64
#define BLF_SPARE_TRIES 8

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, BLF_SPARES);
    __type(key, __u32);
    __type(value, struct blf_task);
} spares SEC(".maps");

/* A spare that nobody uses, without labels. */
static __attribute__((noinline)) struct blf_task* blf_take_spare(void) {
    __u32 first = bpf_get_smp_processor_id() * BLF_SPARE_TRIES;
#pragma clang loop unroll(disable)
    for (__u32 i = 0; i < BLF_SPARE_TRIES; i++) {
        __u32 index = (first + i) & (BLF_SPARES - 1);
        struct blf_task* spare = bpf_map_lookup_elem(&spares, &index);
        if (!spare || !__sync_bool_compare_and_swap(&spare->spare, 0, 1)) continue;
        spare->exe.generation = 0;
        spare->cgroup.generation = 0;
        spare->digest.generation = 0;
        spare->free.generation = 0;
        return spare;
    }
    return NULL;
}

/* Scratch memory and labels of the current task: to be given back. NULL is undecidable, never "no
 * label". */
BLF_INLINE struct blf_task* blf_take_task(void) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    struct blf_task* mine = bpf_task_storage_get(&tasks, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    return mine ? mine : blf_take_spare();
}

/* Scratch memory alone. Not many need any at once, and most tasks never anything else. */
BLF_INLINE struct blf_task* blf_take_scratch(void) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    struct blf_task* mine = bpf_task_storage_get(&tasks, task, 0, 0);
    if (!mine) mine = blf_take_spare();
    return mine ? mine : bpf_task_storage_get(&tasks, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

BLF_INLINE void blf_give_back(struct blf_task* task) {
    if (task->spare) __sync_lock_test_and_set(&task->spare, 0);
}

#endif
