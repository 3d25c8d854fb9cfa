/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "decide/testing/layout.h"

#include <stddef.h>

#include "abi/event.h"
#include "abi/file_digest.h"
#include "abi/identify.h"
#include "abi/image.h"
#include "abi/mount_lock.h"
#include "abi/runtime.h"

/* decide/ asks its includer for the image's type; sizes do not depend on it. */
#define BLF_IMAGE const void*
static inline const struct blf_block* blf_block_at(BLF_IMAGE image, __u32 index) {
    return (const struct blf_block*)image + index;
}
#include "decide/name.h"

const struct blf_layout_row blf_layout_in_c[] = {
#define BLF_STRUCT(type, size) {#type, NULL, sizeof(struct type)},
#define BLF_MEMBER(type, member, offset) {#type, #member, offsetof(struct type, member)},
#include "decide/testing/layout.def"
#undef BLF_STRUCT
#undef BLF_MEMBER
};
const unsigned long blf_layout_in_c_count = sizeof(blf_layout_in_c) / sizeof(blf_layout_in_c[0]);
