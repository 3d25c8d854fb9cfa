/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The program that stands in for blf_decision() where a run is traced: it denies nothing, and tells
 * each request of the members once (abi/event.h), the two names of a move one after the other.
 *
 * What no policy could be about is not told: pipes and the like, and what an overlay opens
 * underneath itself.
 */
#ifndef BAILIFF_BPF_TRACER_H
#define BAILIFF_BPF_TRACER_H

#include "bpf/details.h"
#include "bpf/note.h"
#include "bpf/object.h"

/* Each task's event while it is made. */
struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct blf_event);
} drafts SEC(".maps");

/* The loader says how large both are. */
struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 4096);
} events SEC(".maps");

/* What was told, by a sum of it. What falls out may be told again. */
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 1);
    __type(key, __u64);
    __type(value, __u32);
} told SEC(".maps");

static struct blf_event blf_no_event;

#define BLF_EVENT_WORDS (sizeof(struct blf_event) / 8)
#define BLF_EVENT_FIRST (__builtin_offsetof(struct blf_event, ask) / 8)

struct blf_event_sum {
    const __u64* words;
    __u64 sum;
};

static long blf_event_sum_step(__u32 i, struct blf_event_sum* s) {
    if (i < BLF_EVENT_FIRST) return 0;
    if (i >= BLF_EVENT_WORDS) return 1;
    s->sum = blf_mix(s->sum, s->words[i]);
    return 0;
}

BLF_INLINE void blf_count_lost(void) {
    struct blf_control* control = blf_control();
    if (control) __sync_fetch_and_add(&control->lost, 1);
}

/* What the task's note has, with no remains of another one behind it. */
BLF_INLINE void blf_tell_path(struct blf_task* task, struct blf_event* event) {
    bpf_probe_read_kernel(task->note, BLF_NOTE, blf_no_event.object.names);
    task->at.dentry = task->object.dentry;
    task->at.mount = task->object.mount;
    task->at.reason = BLF_REASON_MOVING;
    for (__u32 i = 0; i < BLF_NOTE_TRIES && task->at.reason == BLF_REASON_MOVING; i++)
        blf_write_note(task);
    event->object.is_there = 1;
    event->object.reason = task->at.reason;
    if (task->at.reason) return;
    event->object.visible = task->at.visible;
    event->object.canonical = task->at.canonical;
    bpf_probe_read_kernel(event->object.names, BLF_NAMES_BYTES, task->note);
}

/* 0: it is about what nobody knows by a name. */
BLF_INLINE __u32 blf_tell_object(struct blf_task* task, struct blf_event* event, __u32 ask) {
    const struct blf_object* object = &task->object;
    if (task->unseen) {
        event->object.is_there = 1;
        event->object.reason = task->unseen;
        return 1;
    }
    if (BLF_IS_ON_SOCKET(ask)) {
        event->address[0] = task->details.address.word[0];
        event->address[1] = task->details.address.word[1];
        event->address_version = task->details.address.version;
        return 1;
    }
    if (object->absent || object->nameless) return 1;
    if (!object->dentry || blf_has_fake_path(object)) return 0;
    if (object->mount && blf_is_internal_mount(object->mount) &&
        !blf_runs_memory(ask, object->mount))
        return 0;
    blf_tell_path(task, event);
    return 1;
}

BLF_INLINE void blf_tell_text(struct blf_task* task, char* to, __u32 by) {
    if (!task->details.text[by - BLF_BY_NAME]) return;
    if (blf_read_detail(task, by) > BLF_NAME_MAX) return;
    bpf_probe_read_kernel(to, BLF_NAME_MAX + 1, task->name);
}

BLF_INLINE void blf_tell_details(struct blf_task* task, struct blf_event* event, __u32 ask) {
    __u64 has = blf_details_of(ask);
    if (!has || task->unseen) return;
    for (__u32 i = 0; i < BLF_DETAIL_VALUES; i++) event->value[i] = task->details.value[i];
    if (has >> BLF_BY_MOUNT_FLAG & 1) event->mount_flags = task->details.mount_flags;
    if (has >> BLF_BY_NAME & 1) blf_tell_text(task, event->text[0], BLF_BY_NAME);
    if (has >> BLF_BY_SOURCE & 1) blf_tell_text(task, event->text[1], BLF_BY_SOURCE);
}

BLF_INLINE void blf_tell_exe(struct blf_event* event) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    const struct blf_notes* notes = blf_notes_of(task);
    const struct blf_note* note = notes ? blf_valid_note(notes, task->self_exec_id) : NULL;
    event->exe.is_there = 1;
    event->exe.reason = BLF_REASON_NOT_SEEN;
    if (!note) return;
    event->exe.reason = 0;
    event->exe.visible = note->head.visible;
    event->exe.canonical = note->head.canonical;
    bpf_probe_read_kernel(event->exe.names, blf_note_size(note->head.visible, note->head.canonical),
                          note->names);
}

BLF_INLINE void blf_send_event(struct blf_event* event) {
    const struct blf_event_sum begun = {.words = (const __u64*)event, .sum = BLF_VALUE64(0)};
    struct blf_event_sum s = begun;
    __u64 who = bpf_get_current_pid_tgid();
    __u32 yes = 1;
    bpf_loop(BLF_EVENT_WORDS, blf_event_sum_step, &s, 0);
    __u64 sum = s.sum;
    if (bpf_map_lookup_elem(&told, &sum)) return;
    event->time = bpf_ktime_get_boot_ns();
    event->pid = who >> 32;
    event->tid = (__u32)who;
    if (bpf_ringbuf_output(&events, event, sizeof(*event), 0)) {
        blf_count_lost();
        return;
    }
    bpf_map_update_elem(&told, &sum, &yes, BPF_ANY);
}

/* About task->object or task->details, or task->unseen. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_tell(struct blf_task* task, __u32 ask) {
    struct task_struct* current = (struct task_struct*)bpf_get_current_task_btf();
    if (!task) return 0;
    struct blf_event* event = blf_storage_of(&drafts, current);
    if (!event) {
        blf_count_lost();
        return 0;
    }
    bpf_probe_read_kernel(event, sizeof(*event), &blf_no_event);
    if (!blf_tell_object(task, event, ask)) return 0;
    event->ask = ask;
    event->uid = blf_free_user();
    blf_tell_details(task, event, ask);
    blf_tell_exe(event);
    blf_send_event(event);
    return 0;
}

SEC("freplace/blf_decision")
int blf_tracer(struct blf_task* task, __u32 asks) {
    if (asks & BLF_THE_PROOF) return -BLF_PROOF_ERRNO;
    if (blf_is_outsider()) return 0;
    if (!task) {
        blf_count_lost();
        return 0;
    }
    if (!(asks & BLF_TWO_NAMES)) return blf_tell(task, asks & 0xff);
    task->unseen = 0;
    task->object = task->move_from;
    blf_tell(task, asks & 0xff);
    task->object = task->move_to;
    return blf_tell(task, asks >> 8 & 0xff);
}

#endif
