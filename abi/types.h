/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The names the shared C uses for fixed-width integers, in the three worlds that compile it: BPF
 * (no libc), C and C++ in userspace.
 */
#ifndef BAILIFF_ABI_TYPES_H
#define BAILIFF_ABI_TYPES_H

#ifdef __BPF__
typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
#else
#include <linux/types.h>
#endif

/* A set of operations, of requests or of hooks: a bit each. */
__extension__ typedef unsigned __int128 blf_set;
#define BLF_SET_MAX 128

#define BLF_INLINE static inline __attribute__((always_inline))

#ifdef __cplusplus
#define BLF_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define BLF_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

#endif
