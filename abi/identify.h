/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Files as the kernel knows them, and what the program in bpf/identify.bpf.c writes: one record a
 * descriptor of the wanted process.
 */
#ifndef BAILIFF_ABI_IDENTIFY_H
#define BAILIFF_ABI_IDENTIFY_H

#include "abi/types.h"

/* What the kernel calls a file, whatever its names. */
struct blf_identity {
    __u64 inode;      /* i_ino */
    __u32 device;     /* s_dev */
    __u32 generation; /* i_generation */
};

struct blf_identified {
    struct blf_identity file;
    __u32 fd;
    __u32 unverifiable; /* not 0: its content may change unseen, see bpf/trust.h */
};
BLF_STATIC_ASSERT(sizeof(struct blf_identified) == 24, "see blf_identified");

#endif
