/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What programs tell of requests, by the map `events` (a ring buffer): which request, by whom,
 * about what. Maps are there only where somebody asked for events.
 */
#ifndef BAILIFF_ABI_EVENT_H
#define BAILIFF_ABI_EVENT_H

#include "abi/limits.h"
#include "abi/subject.h"
#include "abi/types.h"

/* Bytes of a path that is written down, both names of it together; a power of 2. */
#define BLF_NAMES_BYTES 1024

/* Where one of its names ends, and where it begins: at a root, or in a tree that no path leads to.
 */
enum { BLF_FROM_ROOT = 1, BLF_FROM_LOST = 2 };
#define BLF_MARK(from, end) ((end) << 2 | (from))
#define BLF_MARK_FROM(mark) ((mark) & 3)
#define BLF_MARK_END(mark) ((mark) >> 2)

/* A path component by component from the top, each with its length, a byte, before it; the visible
 * name, and behind it the canonical one, unless they are the same. */
struct blf_written_path {
    __u32 visible;   /* BLF_MARK(); 0: there is no such name */
    __u32 canonical; /* equal to `visible`: the same */
    __u32 reason;    /* enum blf_reason: 0, or why it could not be told */
    __u32 is_there;  /* 0: there is none */
    __u8 names[BLF_NAMES_BYTES];
};

/* What follows `tid` says whether two events tell the same. */
struct blf_event {
    __u64 time; /* CLOCK_BOOTTIME, ns */
    __u32 pid;
    __u32 tid;
    __u32 ask; /* enum blf_ask */
    __u32 uid; /* effective */
    /* Of a request on a socket; as in struct blf_address_run. */
    __u64 address[2];
    __u32 address_version; /* 4 or 6; 0: there is none */
    /* Details, those that the request has (decide/details.h): numbers by dimension, less
     * BLF_BY_PORT. */
    __u32 value[BLF_DETAIL_VALUES];
    __u64 mount_flags;
    char text[BLF_DETAIL_TEXTS][BLF_NAME_MAX + 1]; /* by dimension, less BLF_BY_NAME; or "" */
    struct blf_written_path object;
    struct blf_written_path exe;
};
BLF_STATIC_ASSERT(sizeof(struct blf_event) % 8 == 0 && BLF_DETAIL_VALUES % 2 == 1,
                  "told apart by words, without padding");

#endif
