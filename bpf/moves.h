/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Directories that move, see bpf/now.h. Two programs on one function: if only the end were seen, a
 * walk could mix what was before with what is after; if only the beginning, what it mixed would be
 * remembered.
 */
#ifndef BAILIFF_BPF_MOVES_H
#define BAILIFF_BPF_MOVES_H

#include "bpf/ask.h"
#include "bpf/now.h"
#include "bpf/proof.h"

/* Neither adds: whichever of the two is attached first, the next move puts the number right. */
SEC("fentry/__d_move")
int BPF_PROG(blf_d_move_begin, struct dentry* dentry, struct dentry* target) {
    blf_is_probed(BLF_HOOK_d_move_begin);
    if (blf_is_directory(dentry) || blf_is_directory(target)) blf_moves = blf_moves | 1;
    return 0;
}

SEC("fexit/__d_move")
int BPF_PROG(blf_d_move_end, struct dentry* dentry, struct dentry* target) {
    blf_is_probed(BLF_HOOK_d_move_end);
    if (blf_is_directory(dentry) || blf_is_directory(target)) blf_moves = (blf_moves | 1) + 1;
    return 0;
}

#endif
