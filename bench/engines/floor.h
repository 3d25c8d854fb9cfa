/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What the floors are made of: a program that does nothing on a hook.
 */
#ifndef BAILIFF_BENCH_FLOOR_H
#define BAILIFF_BENCH_FLOOR_H

#include <linux/bpf.h>
// the kernel's types for bpf_helpers.h
#include <bpf/bpf_helpers.h>

char floor_license[] SEC("license") = "Dual BSD/GPL";

#define EMPTY(hook)                     \
    SEC("lsm/" #hook)                   \
    int empty_##hook(void* arguments) { \
        return 0;                       \
    }

#endif
