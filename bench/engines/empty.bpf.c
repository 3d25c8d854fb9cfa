// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The floor: a program that does nothing, on the one hook of ours that an open() + close() meets.
#include <linux/bpf.h>
// the kernel's types for bpf_helpers.h
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct file;

char empty_license[] SEC("license") = "Dual BSD/GPL";

SEC("lsm/file_open")
int BPF_PROG(empty_open, struct file* file) {
    return 0;
}
