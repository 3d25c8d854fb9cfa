/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What a request about a dentry takes: its names as states, who asks, the verdict.
 *
 * A file in a directory that is remembered takes one transition a name; any other is located by its
 * whole path, and its directory too, to be remembered.
 */
#ifndef BAILIFF_BPF_OBJECT_H
#define BAILIFF_BPF_OBJECT_H

#include "bpf/act.h"
#include "bpf/answered.h"
#include "bpf/directories.h"
#include "bpf/locate.h"
#include "bpf/script.h"
#include "bpf/subject.h"
#include "bpf/target.h"
/* after maps.h, which defines the seam */
#include "decide/filter.h"
#include "decide/tag.h"

#define BLF_DECIDE_TRIES 8

BLF_INLINE __u64 blf_inode_of(__u64 dentry) {
    return blf_read_pointer(dentry + BLF_OFFSET(dentry, d_inode));
}

/* One transition by the name in task->name. */
BLF_INLINE __u32 blf_child_state(struct blf_task* task, __u32 state, __u32 length) {
    task->walk.t.state = state;
    const __u32 reason = blf_match_name(task, length);
    if (reason) task->at.reason = reason;
    return task->walk.t.state;
}

BLF_INLINE __u64 blf_filter_of_both(BLF_IMAGE image, const struct blf_location* at) {
    const struct blf_index* index = (const struct blf_index*)blf_block_at(image, BLF_BLOCK_INDEX);
    if (!index) return BLF_FILTER_ALL;
    return blf_filter_of(image, index, at->visible) | blf_filter_of(image, index, at->canonical);
}

/* The states of the directory, remembered or located, into task->at. Returns the moment for which
 * they hold, or 0. */
BLF_INLINE __u64 blf_locate_directory(struct blf_task* task, BLF_IMAGE image, __u32 tags,
                                      const struct blf_object* object, __u64 parent) {
    struct blf_location* at = &task->at;
    struct blf_place place = {
        .inode = blf_inode_of(parent),
        .mount = object->mount + BLF_OFFSET(mount, mnt),
        .now = blf_now(),
        .image = blf_number(image),
    };
    struct blf_memory memory = {};
    if (!place.inode || !blf_is_steady(place.now)) return 0;
    if (blf_recall(&place, &memory)) {
        at->visible = memory.visible;
        at->canonical = memory.canonical;
        at->reason = 0;
        return place.now;
    }
    at->dentry = parent;
    at->mount = object->mount;
    blf_locate(task);
    if (at->reason || !at->now) return 0;
    place.now = at->now;
    memory.visible = at->visible;
    memory.canonical = at->canonical;
    memory.tags = tags;
    memory.filter = blf_filter_of_both(image, at);
    blf_remember(&place, &memory);
    if (blf_read_pointer(object->dentry + BLF_OFFSET(dentry, d_parent)) != parent)
        blf_forget(place.inode);
    return at->now;
}

/* The entry whose name is in task->name, of the directory at task->at. Without a visible name of
 * that it is not compared: whether `allow` then follows the other one is up to the mount
 * (blf_opening_state()). */
BLF_INLINE void blf_note_entry(struct blf_task* task, __u32 length) {
    struct blf_entry* entry = &task->entry;
    entry->visible = task->at.visible;
    entry->canonical = task->at.canonical;
    for (__u32 i = 0; i < BLF_ENTRY_WORDS; i++) entry->name[i] = task->name[i];
    entry->length = length <= sizeof(entry->name) && entry->visible != BLF_DEAD ? length : 0;
}

/* By the directory. 0: it has to be done by the whole path: the file is its mount's root, or
 * something moved. */
BLF_INLINE __u32 blf_gather_in_directory(struct blf_task* task, BLF_IMAGE image, __u32 tags,
                                         const struct blf_object* object) {
    struct blf_location* at = &task->at;
    __u64 seq_at = object->dentry + BLF_OFFSET(dentry, d_seq);
    __u32 seq = blf_read_word(seq_at);
    __u64 parent = blf_read_pointer(object->dentry + BLF_OFFSET(dentry, d_parent));
    __u32 reason = 0;

    if ((seq & 1) || !parent || parent == object->dentry) return 0;
    if (object->dentry == blf_mount_root(object->mount)) return 0;
    __u64 now = blf_locate_directory(task, image, tags, object, parent);
    if (!now) return 0;
    if (at->visible != BLF_DEAD || at->canonical != BLF_DEAD) {
        __u32 length = blf_read_name(task, object->dentry, &reason);
        __u32 visible = at->visible, canonical = at->canonical;
        if (length == BLF_NONE || !length) return 0;
        blf_note_entry(task, length);
        at->visible = blf_child_state(task, visible, length);
        at->canonical =
            canonical == visible ? at->visible : blf_child_state(task, canonical, length);
        if (at->reason) return 0;
    }
    return blf_read_word(seq_at) == seq && blf_now() == now;
}

BLF_INLINE __u32 blf_gather_tag(BLF_IMAGE image, const struct blf_root* root, __u64 inode) {
    struct blf_identity file = {};
    if (!root->tag_blocks || !inode) return BLF_DEAD;
    __u64 super = blf_read_pointer(inode + BLF_OFFSET(inode, i_sb));
    file.inode = blf_read_pointer(inode + BLF_OFFSET(inode, i_ino));
    file.device = super ? blf_read_word(super + BLF_OFFSET(super_block, s_dev)) : 0;
    file.generation = blf_read_word(inode + BLF_OFFSET(inode, i_generation));
    return blf_tag_state(image, root, &file);
}

/* What an overlay opens underneath itself is shown by kernels without struct backing_file (6.1)
 * with the overlay's own path, and with the inode from underneath. */
BLF_INLINE __u32 blf_has_fake_path(const struct blf_object* object) {
    return blf_hides_backing() && object->inode && object->inode != blf_inode_of(object->dentry);
}

/* Others show it with its own path, below a mount of the overlay's own: the namespace is an error
 * number (MNT_NS_INTERNAL). */
BLF_INLINE __u32 blf_is_internal_mount(__u64 mount) {
    return blf_mount_namespace(mount) >= -4095ULL;
}

/* Is a memory file to be run? Else what is on the kernel's own mounts, memory, pipes, sockets, is
 * no file that anybody knows by a name, and no default is about it. An overlay's own mounts lack
 * the flag (clone_private_mount()). */
BLF_INLINE __u32 blf_runs_memory(__u32 ask, __u64 mount) {
    __u64 flags = BLF_OFFSET(mount, mnt) + BLF_OFFSET(vfsmount, mnt_flags);
    if (!BLF_KNOWS_DEFAULTS || ask < BLF_ASK_EXEC || ask > BLF_ASK_EXEC_MPROTECT) return 0;
    return mount && (blf_read_word(mount + flags) & MNT_INTERNAL);
}

/* The first name of the inode from underneath counts, which no path leads to. */
BLF_INLINE void blf_find_underneath(struct blf_object* object) {
    __u64 alias = blf_read_pointer(object->inode + BLF_OFFSET(inode, i_dentry));
    __u64 node = bpf_core_field_exists(struct dentry, d_u) ? BLF_OFFSET(dentry, d_u)
                                                           : BLF_OFFSET(dentry___flat, d_alias);
    object->mount = 0;
    object->dentry = alias ? alias - node : 0;
}

/* As if it were a file with an empty name in a tree that hangs nowhere. */
BLF_INLINE __u32 blf_nameless_state(struct blf_task* task, const struct blf_root* root) {
    for (__u32 i = 0; i < BLF_HASH_WORDS; i++) task->name[i] = 0;
    return blf_child_state(task, root->object_lost, 0);
}

BLF_INLINE void blf_gather_names(struct blf_task* task, BLF_IMAGE image,
                                 const struct blf_root* root, const struct blf_object* object) {
    struct blf_location* at = &task->at;
    at->root = root->object_root;
    at->lost = root->object_lost;
    if (object->nameless) {
        at->visible = BLF_DEAD;
        at->reason = 0;
        at->canonical = blf_nameless_state(task, root);
        return;
    }
    if (!object->dentry) {
        at->visible = BLF_DEAD;
        at->canonical = BLF_DEAD;
        at->reason = BLF_REASON_NOT_SEEN;
        return;
    }
    if (object->mount && blf_gather_in_directory(task, image, root->tag_blocks, object)) return;
    task->entry.length = 0;
    at->dentry = object->dentry;
    at->mount = object->mount;
    blf_locate(task);
}

/* Can no rule be about it? Nothing is said where the states could not be told. */
BLF_INLINE __u32 blf_is_untouched(BLF_IMAGE image, const struct blf_root* root,
                                  const struct blf_request* r) {
    return !r->object_reason && !blf_is_closed(root, r) &&
           !blf_path_vector(image, root, r->object[BLF_VISIBLE]) &&
           !blf_path_vector(image, root, r->object[BLF_CANONICAL]) &&
           !blf_path_vector(image, root, r->object[BLF_TAGGED]) &&
           !(blf_known_places && blf_path_vector(image, root, r->object[BLF_ANYWHERE]));
}

BLF_INLINE __u32 blf_anywhere_state(BLF_IMAGE image, __u32 ask) {
    if (!blf_known_places || !BLF_IS_ANYWHERE(ask)) return BLF_DEAD;
    const struct blf_addresses* table = blf_address_table(image);
    return table ? table->none : BLF_DEAD;
}

/* The name that `allow` follows: the visible one; of what hangs nowhere, and where the hook does
 * not know by which mount it is seen, the only one that there is. */
BLF_INLINE __u32 blf_opening_state(const struct blf_task* task, const struct blf_object* object) {
    __u32 visible = task->at.visible;
    if (!BLF_KNOWS_DEFAULTS || visible != BLF_DEAD) return visible;
    __u32 only = !object->mount || object->nameless || blf_is_nowhere(object->mount);
    return only ? task->at.canonical : visible;
}

/* The same of a socket's address. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_gather_address(struct blf_task* task) {
    BLF_IMAGE image = blf_published();
    if (!task || !image) return 0;
    struct blf_request* request = &task->request;
    struct blf_address address = task->details.address;
    struct blf_address_states states = {};
    blf_find_address(&states, image, request->ask, &address);
    request->object[BLF_VISIBLE] = states.given;
    request->object[BLF_CANONICAL] = states.taken;
    request->object[BLF_TAGGED] = BLF_DEAD;
    request->object[BLF_ANYWHERE] = BLF_DEAD;
    request->object_reason = states.reason;
    request->opening[0] = states.given;
    request->opening[1] = states.taken;
    return 1;
}

/* Fills in task->request from task->object or task->details, or from task->unseen alone. Returns 0
 * when no rule can be about it, or 1. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_gather(struct blf_task* task) {
    if (!task) return 0;
    struct blf_request* request = &task->request;
    struct blf_object object = task->object;
    BLF_IMAGE image = blf_published();
    if (!image) return 0; /* allows: the slot is filled before the first attach */
    const struct blf_root* root = (const struct blf_root*)blf_block_at(image, BLF_BLOCK_ROOT);
    if (!root) return 0; /* allows: an array map always has its first element */

    task->at.generation = root->generation;
    task->gathered = root->generation;
    task->entry.length = 0;
    task->underneath = 0;
    request->object_reason = task->unseen;
    request->opening[0] = BLF_DEAD;
    request->opening[1] = BLF_DEAD;
    request->exempt = BLF_KNOWS_DEFAULTS && blf_is_free(task, root);
    if (task->unseen) return 1;
    if (blf_known_sockets && BLF_IS_ON_SOCKET(request->ask)) return blf_gather_address(task);
    request->object[BLF_ANYWHERE] = blf_anywhere_state(image, request->ask);
    request->opening[1] = request->object[BLF_ANYWHERE];
    if (blf_known_places && object.absent) {
        for (__u32 i = 0; i < BLF_FILE_NAMES; i++) request->object[i] = BLF_DEAD;
        return blf_is_closed(root, request) ||
               blf_path_vector(image, root, request->object[BLF_ANYWHERE]) != 0;
    }
    __u32 underneath = BLF_VALUE(object.mount && blf_is_internal_mount(object.mount));
    if (blf_has_fake_path(&object)) {
        underneath = BLF_VALUE(1);
        blf_find_underneath(&object);
    }
    blf_gather_names(task, image, root, &object);
    request->object[BLF_VISIBLE] = task->at.visible;
    request->object[BLF_CANONICAL] = task->at.canonical;
    request->object[BLF_TAGGED] = blf_gather_tag(image, root, object.inode);
    request->object_reason = task->at.reason;
    request->opening[0] = blf_opening_state(task, &object);
    if (underneath && !blf_runs_memory(request->ask, object.mount)) request->exempt = 1;
    task->underneath = underneath;
    return !blf_is_untouched(image, root, request);
}

/* No memory to look at anything: everybody counts. Out of line for the sake of the stack. */
static __attribute__((noinline)) int blf_decide_blindly(__u32 ask) {
    struct blf_request request = {.ask = ask, .object_reason = BLF_REASON_NO_MEMORY};
    return blf_judge(&request, &blf_everybody, 0);
}

/* Takes one step of the decision about task->object, BLF_AGAIN standing for more to come: what it
 * is, then who asks when a rule is near, an ancestor a step; then the verdict. An image that comes
 * between is a reason to begin again, and after some tries one to say that nothing is known of the
 * object. Global: see blf_walk_along(). */
__attribute__((noinline)) int blf_decide_step(struct blf_task* task) {
    if (!task) return 0;
    if (!task->depth) {
        if (task->tries++ >= BLF_DECIDE_TRIES) task->unseen = BLF_REASON_MOVING;
        if (!blf_gather(task)) return 0;
        blf_gather_who(task);
        if (blf_was_answered(task)) return 0;
        if (blf_knows(BLF_BY_SCRIPT)) blf_gather_script(task);
        blf_ask_target(task);
        task->target_depth = 0;
    }
    if (blf_knows(BLF_BY_ANCESTORS) && !task->target_depth &&
        blf_gather_lineage(task, task->depth)) {
        task->depth++;
        return BLF_AGAIN;
    }
    if (blf_knows(BLF_BY_TARGET_ANCESTORS) && blf_ask_targets_lineage(task, task->target_depth)) {
        task->depth = 1;
        task->target_depth++;
        return BLF_AGAIN;
    }
    task->depth = 0;
    blf_sift_who(task);
    int answer = blf_judge(&task->request, &task->sift.who, task->gathered);
    if (answer != BLF_UNTOUCHED) return answer;
    blf_note_answer(task);
    return 0;
}

#endif
