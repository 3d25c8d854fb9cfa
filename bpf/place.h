/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Requests about what is at a place, or at none: a rule need not name one (BLF_IS_ANYWHERE), so a
 * quick look at the place alone does not say that no rule is near.
 */
#ifndef BAILIFF_BPF_PLACE_H
#define BAILIFF_BPF_PLACE_H

#include "bpf/ask.h"
#include "bpf/details.h"

/* Does some rule name no place, or some default close what has none? */
static __attribute__((noinline)) int blf_some_rule_is_anywhere(void) {
    BLF_IMAGE image = blf_published();
    const struct blf_root* root = blf_root_in(image);
    const struct blf_addresses* table = image ? blf_address_table(image) : NULL;
    return !root || !table || (root->closed & BLF_CLOSED_OTHERS) ||
           blf_path_vector(image, root, table->none) != 0;
}

BLF_INLINE int blf_decide_place(const struct blf_object* object, const struct blf_details* details,
                                __u32 ask) {
    struct blf_task* task = blf_take_task();
    if (!task) return blf_decision(NULL, ask);
    task->object = *object;
    if (details) task->details = *details;
    task->unseen = 0;
    return blf_decide_with(task, ask);
}

/* `details`: NULL where requests of this kind have none. */
BLF_INLINE int blf_ask_dentry_with(struct dentry* dentry, struct vfsmount* mount,
                                   const struct blf_details* details, __u32 ask) {
    if (!dentry || !mount) return blf_answer_kernel(blf_decide_unseen(ask, BLF_REASON_NOT_SEEN));
    struct blf_object object = {
        .dentry = blf_number(dentry),
        .mount = blf_number(mount) - BLF_OFFSET(mount, mnt),
        .inode = blf_number(dentry->d_inode),
    };
    return blf_answer_kernel(blf_decide_place(&object, details, ask));
}

BLF_INLINE int blf_ask_dentry_at(struct dentry* dentry, struct vfsmount* mount, __u32 ask) {
    return blf_ask_dentry_with(dentry, mount, NULL, ask);
}

BLF_INLINE int blf_ask_place(const struct path* path, const struct blf_details* details,
                             __u32 ask) {
    if (!path) return blf_answer_kernel(blf_decide_unseen(ask, BLF_REASON_NOT_SEEN));
    return blf_ask_dentry_with(path->dentry, path->mnt, details, ask);
}

/* About what is at no place and has no details. */
BLF_INLINE int blf_ask_bare(__u32 hook, __u32 ask) {
    const struct blf_details nothing = {};
    if (blf_is_probed(hook)) return blf_prove();
    return blf_answer_kernel(blf_decide_details(&nothing, ask));
}

#endif
