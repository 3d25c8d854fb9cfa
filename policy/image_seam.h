// SPDX-License-Identifier: Apache-2.0
//
// The seam of decide/ over an image in memory: include this, then decide/. (In the kernel it is
// bpf/maps.h.)
#pragma once

#include <bit>

#include "policy/image.h"

#define BLF_IMAGE const bailiff::policy::ImageView*

static inline const blf_block* blf_block_at(BLF_IMAGE image, __u32 index) {
    return image->block(index);
}

// The groups are numbers in this process's memory.
static inline __u32 blf_group_at(__u64 groups, __u32 index) {
    return std::bit_cast<const __u32*>(groups)[index];
}
