/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef BAILIFF_ABI_LIMITS_H
#define BAILIFF_ABI_LIMITS_H

/* The kernel's own bounds (linux/limits.h): a path is at most 4,095 bytes, so at most 2,048
 * components; a component is at most 255 bytes. */
#define BLF_PATH_MAX 4096
#define BLF_DEPTH_MAX 2048
#define BLF_NAME_MAX 255

/* Distinct rules in one image; rules that differ only in their path are one. A multiple of 512,
 * the bits of one block. */
#define BLF_BITS_MAX 2048

/* Rules that one path may match: the search for the one to count ends there. */
#define BLF_SOURCES_MAX (1u << 20)

/* What a published image may weigh: 256 MiB. */
#define BLF_BLOCKS_MAX (1u << 22)

#endif
