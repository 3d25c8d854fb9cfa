/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What the program in bpf/mount_lock.bpf.c answers.
 */
#ifndef BAILIFF_ABI_MOUNT_LOCK_H
#define BAILIFF_ABI_MOUNT_LOCK_H

#include "abi/types.h"

struct blf_mount_lock_found {
    __u64 address;  /* 0: not told */
    __u32 sequence; /* odd while a mount tree changes */
    __u32 pad;
};
BLF_STATIC_ASSERT(sizeof(struct blf_mount_lock_found) == 16, "see blf_mount_lock_found");

#endif
