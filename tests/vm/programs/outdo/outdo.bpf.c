// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// What another program could be to get its way at file_open, one a way: see main.cc. Named after
// what each does.
#include <linux/bpf.h>
// the kernel's types for bpf_helpers.h
#include <bpf/bpf_helpers.h>

#include "abi/runtime.h"

char outdo_license[] SEC("license") = "Dual BSD/GPL";

/* As in bpf/decision.h and bpf/task.h. */
#define BLF_THE_PROOF (1u << 18)
struct blf_task {
    __u64 unread;
};

SEC("?freplace/blf_file_open")
int replace_hook(void* context) {
    return 0;
}

/* Allows, but for what proves that somebody decides. */
SEC("?freplace/blf_decision")
int replace_decision(struct blf_task* task, __u32 asks) {
    return asks & BLF_THE_PROOF ? -BLF_PROOF_ERRNO : 0;
}

SEC("?freplace/blf_locate")
int replace_location(struct blf_task* task) {
    return 0;
}

SEC("?lsm/file_open")
int allow_too(void* context) {
    return 0;
}

SEC("?fmod_ret/security_file_open")
int allow_before(void* context) {
    return 0;
}

SEC("?fmod_ret/bpf_lsm_file_open")
int allow_instead(void* context) {
    return 0;
}
