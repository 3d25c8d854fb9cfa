/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * SHA-256 of what tasks run, in maps that programs and loader share:
 *
 *   digests   task storage: struct blf_noted_digests, written at execve (bpf/digest.h)
 *   claims    hash from struct blf_identity to struct blf_sha256_text: what was being run when
 *             programs that note digests were attached, hashed by the loader
 */
#ifndef BAILIFF_ABI_FILE_DIGEST_H
#define BAILIFF_ABI_FILE_DIGEST_H

#include "abi/types.h"

#define BLF_CLAIMS_MAX 16384

struct blf_sha256_text {
    __u64 word[8]; /* 64 digits, lower case */
};
BLF_STATIC_ASSERT(sizeof(struct blf_sha256_text) == 64, "see blf_sha256_text");

struct blf_noted_digest {
    __u64 exec_id; /* of the task's self_exec_id, once it runs this */
    __u64 reason;  /* enum blf_reason: 0, or why there is no text */
    struct blf_sha256_text text;
};

/* By exec_id & 1: an exec that fails leaves the other. */
struct blf_noted_digests {
    struct blf_noted_digest of[2];
};
BLF_STATIC_ASSERT(sizeof(struct blf_noted_digests) == 160, "see blf_noted_digests");

#endif
