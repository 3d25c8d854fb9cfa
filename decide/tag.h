/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The tags of an image: files known by their inode.
 */
#ifndef BAILIFF_DECIDE_TAG_H
#define BAILIFF_DECIDE_TAG_H

#include "abi/identify.h"
#include "decide/blocks.h"

/* The block in which a file's tag lies, or before it. `blocks` is a power of two. */
BLF_INLINE __u32 blf_tag_home(const struct blf_identity* file, __u32 blocks) {
    __u64 mix = (file->inode ^ ((__u64)file->device << 40)) * 0x9e3779b97f4a7c15ULL;
    return (__u32)(mix >> 32) & (blocks - 1);
}

BLF_INLINE __u32 blf_is_tag_of(const struct blf_tag* tag, const struct blf_identity* file) {
    return tag->inode == file->inode && tag->device == file->device &&
           tag->generation == file->generation;
}

/* The state of the file's tag, or BLF_DEAD. A missing block is no tag: only an image that is not
 * our compiler's lacks one. */
BLF_INLINE __u32 blf_tag_state(BLF_IMAGE image, const struct blf_root* root,
                               const struct blf_identity* file) {
    __u32 blocks = root->tag_blocks;
    __u32 home;
    if (!blocks) return BLF_DEAD;
    home = blf_tag_home(file, blocks);
#pragma GCC unroll 4
    for (__u32 i = 0; i < BLF_TAG_REACH; i++) {
        const struct blf_tag* tag = (const struct blf_tag*)blf_block_at(
            image, root->tag_first + ((home + i) & (blocks - 1)));
        if (!tag) return BLF_DEAD;
        if (blf_is_tag_of(&tag[0], file)) return tag[0].state;
        if (blf_is_tag_of(&tag[1], file)) return tag[1].state;
        if (tag[1].state == BLF_DEAD) return BLF_DEAD; /* room was left: it would be here */
    }
    return BLF_DEAD;
}

#endif
