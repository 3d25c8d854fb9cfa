/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The details of a request (abi/details.def) from task->details into task->subject.
 */
#ifndef BAILIFF_BPF_DETAILS_H
#define BAILIFF_BPF_DETAILS_H

#include "bpf/dimensions.h"
#include "bpf/walk.h"
#include "decide/details.h"

#define BLF_VALUE_OF(details, by) ((details)->value[BLF_BY_##by - BLF_BY_PORT])
#define BLF_TEXT_OF(details, by) ((details)->text[BLF_BY_##by - BLF_BY_NAME])

struct blf_module_name {
    struct blf_task* task;
    __u64 at;
    __u64 length; /* up to the ending, once that was met */
    __u64 over;   /* not 0: it was */
};

/* The file of module usb_storage is usb-storage.ko, perhaps compressed. */
static long blf_module_name_step(__u32 i, struct blf_module_name* name) {
    __u64 at = name->at;
    (void)i;
    BLF_OPAQUE(at);
    __u8* byte = (__u8*)name->task->name + (at & BLF_NAME_MAX);
    if (*byte == '.' && !name->over) {
        name->over = BLF_VALUE64(1);
        name->length = at;
    }
    if (name->over) *byte = 0;
    if (*byte == '-') *byte = '_';
    name->at = at + 1;
    return 0;
}

BLF_INLINE __u32 blf_cut_module_name(struct blf_task* task, __u32 length) {
    struct blf_module_name name = {
        .task = task,
        .at = BLF_VALUE64(0),
        .length = BLF_VALUE64(length),
        .over = BLF_VALUE64(0),
    };
    bpf_loop(BLF_NAME_MAX, blf_module_name_step, &name, 0);
    return (__u32)name.length;
}

/* No lengths: why there is none. */
#define BLF_TEXT_TOO_LONG BLF_NONE
#define BLF_TEXT_UNREADABLE (BLF_NONE - 1)

/* Into task->name. Its length, or one of those. `length`: that, or 0 of one that ends with a NUL.
 */
static __attribute__((noinline)) __u32 blf_read_text(struct blf_task* task, __u64 text,
                                                     __u32 length) {
    char last = 0;
    if (!task) return BLF_TEXT_UNREADABLE;
    for (__u32 i = 0; i < BLF_NAME_WORDS; i++) task->name[i] = 0;
    if (length) {
        if (length > BLF_NAME_MAX) return BLF_TEXT_TOO_LONG;
        BLF_OPAQUE(length);
        length &= BLF_NAME_MAX;
        return bpf_probe_read_kernel(task->name, length, (void*)text) ? BLF_TEXT_UNREADABLE
                                                                      : length;
    }
    long size = bpf_probe_read_kernel_str(task->name, sizeof(task->name), (void*)text);
    if (size == sizeof(task->name) &&
        (bpf_probe_read_kernel(&last, 1, (void*)(text + BLF_NAME_MAX)) || last))
        return BLF_TEXT_TOO_LONG;
    return size <= 0 ? BLF_TEXT_UNREADABLE : (__u32)size - 1;
}

#define BLF_SETTING_DEPTH 16

BLF_INLINE __u64 blf_parent_of(__u64 dentry) {
    return blf_read_pointer(dentry + BLF_OFFSET(dentry, d_parent));
}

/* The names on the way to a file below sys/ of a procfs into task->ring, without sys itself; they
 * never change. Returns how many. */
BLF_INLINE __u32 blf_climb_to_settings(struct blf_task* task, __u64 dentry) {
    __u32 count = 0;
#pragma clang loop unroll(disable)
    for (__u32 i = 0; i < BLF_SETTING_DEPTH; i++) {
        __u64 parent = blf_parent_of(dentry);
        if (!parent || blf_parent_of(parent) == parent) return count;
        task->ring[i] = dentry;
        count = i + 1;
        dentry = parent;
    }
    return BLF_SETTING_DEPTH + 1;
}

/* kernel.core_pattern, of a dentry, into task->name. Returns its length, or why there is none. */
static __attribute__((noinline)) __u32 blf_read_setting(struct blf_task* task, __u64 dentry) {
    __u32 at = 0, reason;
    if (!task) return BLF_TEXT_UNREADABLE;
    __u32 count = blf_climb_to_settings(task, dentry);
    if (!count || count > BLF_SETTING_DEPTH) return BLF_TEXT_UNREADABLE;
#pragma clang loop unroll(disable)
    for (__u32 i = 0; i < BLF_SETTING_DEPTH; i++) {
        __u32 from = count - 1 - i, to = at;
        if (i >= count) break;
        BLF_OPAQUE(from);
        __u32 length = blf_read_name(task, task->ring[from & (BLF_SETTING_DEPTH - 1)], &reason);
        if (length == BLF_NONE) return BLF_TEXT_UNREADABLE;
        if (at + length + 1 > BLF_NAME_MAX) return BLF_TEXT_TOO_LONG;
        BLF_OPAQUE(to);
        BLF_OPAQUE(length);
        to &= BLF_NOTE - 1;
        length &= BLF_NAME_MAX;
        if (bpf_probe_read_kernel(&task->note[to], length, task->name)) return BLF_TEXT_UNREADABLE;
        at += length + 1;
        to = at - 1;
        BLF_OPAQUE(to);
        task->note[to & (BLF_NOTE - 1)] = '.';
    }
    at--;
    for (__u32 i = 0; i < BLF_NAME_WORDS; i++) task->name[i] = 0;
    BLF_OPAQUE(at);
    at &= BLF_NAME_MAX;
    return bpf_probe_read_kernel(task->name, at, task->note) ? BLF_TEXT_UNREADABLE : at;
}

/* A text of the request as rules have it, into task->name. Returns its length, or why there is
 * none. */
BLF_INLINE __u32 blf_read_detail(struct blf_task* task, __u32 by) {
    __u64 text = task->details.text[by - BLF_BY_NAME];
    if (by != BLF_BY_NAME) return blf_read_text(task, text, 0);
    if (task->details.first_text == BLF_TEXT_OF_SETTING) return blf_read_setting(task, text);
    __u32 length = blf_read_text(task, text, task->details.length);
    if (length > BLF_NAME_MAX || task->details.first_text != BLF_TEXT_OF_MODULE) return length;
    return blf_cut_module_name(task, length);
}

/* The state of a text, in the automaton of this dimension. */
BLF_INLINE void blf_gather_text(struct blf_task* mine, BLF_IMAGE image, __u32 by) {
    const struct blf_dimension* dimension = blf_dimension_of(image, by);
    __u64 text = mine->details.text[by - BLF_BY_NAME];
    if (!dimension || !text) return;
    __u32 length = blf_read_detail(mine, by);
    if (length > BLF_NAME_MAX) {
        mine->subject.reason[by] =
            length == BLF_TEXT_TOO_LONG ? BLF_REASON_TOO_LONG : BLF_REASON_UNREADABLE;
        return;
    }
    if (!length) return;
    mine->walk.t.state = dimension->first;
    mine->subject.reason[by] = blf_match_name(mine, length);
    if (mine->subject.reason[by]) return;
    mine->subject.path[by][0] = mine->walk.t.state;
    mine->subject.path[by][1] = mine->walk.t.state;
}

BLF_INLINE void blf_gather_details(struct blf_task* mine, BLF_IMAGE image,
                                   const struct blf_root* root) {
    struct blf_subject* subject = &mine->subject;
    __u64 has = blf_details_of(mine->request.ask);
    subject->passed_over = BLF_OF_REQUESTS & ~has;
    if (!has) return;
    for (__u32 i = 0; i < BLF_DETAIL_VALUES; i++) {
        subject->value[BLF_BY_PORT - BLF_AUTOMATA + i] = mine->details.value[i];
        subject->reason[BLF_BY_PORT + i] = mine->unseen;
    }
    subject->mount_flags = mine->details.mount_flags;
    subject->reason[BLF_BY_MOUNT_FLAG] = mine->unseen;
    subject->reason[BLF_BY_NAME] = mine->unseen;
    subject->reason[BLF_BY_SOURCE] = mine->unseen;
    if (mine->unseen) return;
    if (blf_asks_for(root, BLF_BY_NAME)) blf_gather_text(mine, image, BLF_BY_NAME);
    if (blf_asks_for(root, BLF_BY_SOURCE)) blf_gather_text(mine, image, BLF_BY_SOURCE);
}

#endif
