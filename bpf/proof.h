/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The programs' side of the proof, see abi/runtime.h.
 */
#ifndef BAILIFF_BPF_PROOF_H
#define BAILIFF_BPF_PROOF_H

#include "bpf/maps.h"

BLF_INLINE struct blf_control* blf_control(void) {
    __u32 zero = 0;
    return bpf_map_lookup_elem(&control, &zero);
}

BLF_INLINE __u32 blf_is_probe_for(__u32 hook) {
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    struct blf_probe* probe = bpf_task_storage_get(&probes, task, 0, 0);
    return probe && probe->hook == hook + 1 && hook < BLF_HOOKS_MAX;
}

static __attribute__((noinline)) int blf_answer_probe(__u32 hook) {
    struct blf_control* control = blf_control();
    BLF_IMAGE image = blf_published();
    if (!blf_is_probe_for(hook) || !control || !image || hook >= BLF_HOOKS_MAX) return 0;
    const struct blf_root* root = (const struct blf_root*)blf_block_at(image, BLF_BLOCK_ROOT);
    if (!root) return 0;
    control->answer[hook].generation = root->generation;
    __sync_fetch_and_add(&control->answer[hook].count, 1);
    return 1;
}

/* Is the current task the loader, asking for proof at this hook? Then the hook returns
 * -BLF_PROOF_ERRNO at once, or what blf_prove() says. */
BLF_INLINE int blf_is_probed(__u32 hook) {
    struct blf_control* control = blf_control();
    if (!control || !control->probing) return 0;
    return blf_answer_probe(hook);
}

/* The same of a program that may sleep, and looks at no image. */
BLF_INLINE int blf_is_probed_asleep(__u32 hook) {
    struct blf_control* control = blf_control();
    if (!control || !control->probing || !blf_is_probe_for(hook)) return 0;
    __sync_fetch_and_add(&control->answer[hook].count, 1);
    return 1;
}

#endif
