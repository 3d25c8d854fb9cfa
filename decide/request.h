/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What is asked, and what is answered.
 */
#ifndef BAILIFF_DECIDE_REQUEST_H
#define BAILIFF_DECIDE_REQUEST_H

#include "decide/who.h"

/* The names under which an object or an executable is known; an executable has the first two, a
 * file the first three. The last stands for the rules that name no place, where they may be about
 * it. */
enum blf_called {
    BLF_VISIBLE,
    BLF_CANONICAL,
    BLF_TAGGED,
    BLF_FILE_NAMES,
    BLF_ANYWHERE = BLF_FILE_NAMES,
    BLF_OBJECT_NAMES
};

struct blf_request {
    __u32 ask;                      /* enum blf_ask */
    __u32 object[BLF_OBJECT_NAMES]; /* automaton states; BLF_DEAD where there is no such name */
    __u32 object_reason;            /* enum blf_reason: 0, or why the states could not be told */
    __u32 opening[2];               /* states that `allow` follows; BLF_DEAD: none */
    __u32 exempt;                   /* not 0: no default is about it (decide/closed.h) */
};

struct blf_verdict {
    __u32 clause;       /* the one that denies, or BLF_NONE */
    __u32 audit_clause; /* the first one that would deny, or BLF_NONE */
    __u32 reason;       /* enum blf_reason */
    __u32 error;        /* 0, or the positive errno to refuse with */
};

/* May a default be about it? A first look, before anything of the object is known. */
BLF_INLINE __u32 blf_is_closed(const struct blf_root* root, const struct blf_request* request) {
    return BLF_KNOWS_DEFAULTS && (root->closed & BLF_CLOSED_OF(request->ask)) && !request->exempt;
}

#endif
