/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Entries of a map that any program on any CPU reads and writes: like a seqlock, without waiting.
 * The first word is odd while the entry is written. A reader who meets a writer takes nothing from
 * it, a writer who meets a writer leaves it. x86 keeps loads and stores in order among themselves,
 * and so does the JIT.
 */
#ifndef BAILIFF_BPF_SEQLOCK_H
#define BAILIFF_BPF_SEQLOCK_H

#include "bpf/maps.h"

/* 1: it may be written now, until blf_end_write(). */
BLF_INLINE __u32 blf_begin_write(__u64* entry_seq) {
    __u64 seq = BLF_ONCE(*entry_seq);
    return !(seq & 1) && __sync_bool_compare_and_swap(entry_seq, seq, seq + 1);
}

BLF_INLINE void blf_end_write(__u64* entry_seq) {
    __sync_fetch_and_add(entry_seq, 1);
}

/* Was what was read between the reading of `seq` and now written by nobody meanwhile? */
BLF_INLINE __u32 blf_was_whole(const __u64* entry_seq, __u64 seq) {
    return !(seq & 1) && BLF_ONCE(*entry_seq) == seq;
}

#endif
