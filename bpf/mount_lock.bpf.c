/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Where the kernel has its seqlock mount_lock (bpf/now.h), and its sequence, which is its first
 * member. The kernel looks a name up in microseconds (bpf_kallsyms_lookup_name, 5.16); to write
 * /proc/kallsyms takes it a third of a second in the test guests. Run by whoever calls it, attached
 * to nothing.
 */
#include "bpf/kernel.h"
/* after kernel.h, which has the types they need */
#include <bpf/bpf_helpers.h>

#include "abi/mount_lock.h"

SEC("syscall")
int blf_find_mount_lock(struct blf_mount_lock_found* found) {
    static const char name[] = "mount_lock";
    __u64 address = 0;
    __u32 sequence = 0;
    if (bpf_kallsyms_lookup_name(name, sizeof(name), 0, &address) != 0) return 0;
    if (bpf_probe_read_kernel(&sequence, sizeof(sequence), (void*)address) != 0) return 0;
    found->address = address;
    found->sequence = sequence;
    return 0;
}

char blf_license[] SEC("license") = "Dual BSD/GPL";
