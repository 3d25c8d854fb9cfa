// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The first BPF LSM program most people write: deny opening any file called "lsm-secret".
// It is right, it loads, it attaches, it is listed, and without `bpf` among the active LSMs nobody
// ever calls it. ./dev demo shows that; `bailiff doctor` finds it.
#include <linux/bpf.h>
// the kernel's types for bpf_helpers.h
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define EPERM 1

// Only the fields that are read; libbpf finds where they are in the running kernel (CO-RE).
struct qstr {
    const unsigned char* name;
} __attribute__((preserve_access_index));

struct dentry {
    struct qstr d_name;
} __attribute__((preserve_access_index));

struct path {
    struct dentry* dentry;
} __attribute__((preserve_access_index));

struct file {
    struct path f_path;
} __attribute__((preserve_access_index));

char deny_open_license[] SEC("license") = "Dual BSD/GPL";

SEC("lsm/file_open")
int BPF_PROG(deny_open, struct file* file) {
    static const char secret[] = "lsm-secret";
    char name[sizeof(secret) + 1] = {};
    int verdict = 0;

    bpf_probe_read_kernel_str(name, sizeof(name), file->f_path.dentry->d_name.name);
    if (bpf_strncmp(name, sizeof(name), secret) == 0) verdict = -EPERM;

    // Without this clang computes the verdict by arithmetic, in which Linux 6.12's verifier cannot
    // see that it stays within [-4095, 0].
    barrier_var(verdict);
    return verdict;
}
