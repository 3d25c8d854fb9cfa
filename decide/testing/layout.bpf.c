/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Never loaded: clang keeps the BTF of what a global points to, so here all structs of
 * decide/testing/layout.def can be seen as the programs' compiler lays them out. (The programs' own
 * object has only those that cross a function.)
 */
#include "abi/event.h"
#include "abi/file_digest.h"
#include "abi/identify.h"
#include "abi/image.h"
#include "abi/mount_lock.h"
#include "abi/runtime.h"

#define BLF_IMAGE const struct blf_block*
static inline const struct blf_block* blf_block_at(BLF_IMAGE image, __u32 index) {
    return image + index;
}
/* after the seam */
#include "decide/name.h"

#define BLF_STRUCT(type, size) struct type* layout_of_##type;
#define BLF_MEMBER(type, member, offset)
#include "decide/testing/layout.def"
