/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#pragma once

#include "abi/image.h"

/* What decision.bpf.c is asked: where the directory stands in the automaton, and the file's name.
 */
struct bench_question {
    __u32 state;
    __u32 length; /* up to 31: hashed in one piece */
    __u32 closer; /* go the long way at once */
    __u32 pad;
    __u64 name[32]; /* padded with 0 */
};
