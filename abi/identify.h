/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What the program in bpf/identify.bpf.c writes, one record a descriptor of the wanted process.
 */
#ifndef BAILIFF_ABI_IDENTIFY_H
#define BAILIFF_ABI_IDENTIFY_H

#include "abi/types.h"

struct blf_identified {
    __u64 inode;      /* i_ino */
    __u32 device;     /* s_dev */
    __u32 generation; /* i_generation */
    __u32 fd;
    __u32 pad;
};
BLF_STATIC_ASSERT(sizeof(struct blf_identified) == 24, "see blf_identified");

#endif
