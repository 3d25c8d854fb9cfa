/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * A first look at a name in a directory: may a rule be about it? Each name has one of 64 bits; a
 * state has the bits of those names in it that lead to some clause, and all of them where globs or
 * a default edge do. No means no; yes means to look closer. A directory in which few names are
 * protected answers no to nearly all others, without a hash and without the tables.
 */
#ifndef BAILIFF_DECIDE_FILTER_H
#define BAILIFF_DECIDE_FILTER_H

#include "decide/name.h"

#define BLF_FILTER_ALL 0xffffffffffffffffULL

/* `word` is the name's first eight bytes; what lies behind its end does not count. */
BLF_INLINE __u64 blf_filter_bit(__u64 word, __u32 length) {
    if (length < 8) word &= (1ULL << length * 8) - 1;
    return 1ULL << (((word ^ length) * 0x9e3779b97f4a7c15ULL) >> 58);
}

/* What cannot be read filters nothing. */
BLF_INLINE __u64 blf_filter_of(BLF_IMAGE image, const struct blf_index* index, __u32 state) {
    if (state >= index->filter_count) return 0;
    const __u64* filter = (const __u64*)blf_record8(image, index->filter_first, state);
    return filter ? *filter : BLF_FILTER_ALL;
}

#endif
