/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What changes or shows the running kernel: modules, other kernels, firmware, programs, the clock.
 */
#ifndef BAILIFF_BPF_KERNEL_ASKS_H
#define BAILIFF_BPF_KERNEL_ASKS_H

#include "bpf/own.h"
#include "bpf/place.h"

#define BPF_PROG_LOAD 5
#define BPF_MAP_CREATE 0
#define BPF_PROG_GET_NEXT_ID 11

/* Is it this constant of the kernel's, which it may lack? */
#define BLF_IS(type, value, constant)                   \
    (bpf_core_enum_value_exists(enum type, constant) && \
     (value) == bpf_core_enum_value(enum type, constant))

/* Of what the kernel reads or takes from memory for itself: enum kernel_load_data_id has the same
 * numbers (__kernel_read_file_id). What no rule is about is BLF_ASK_COUNT. */
BLF_INLINE __u32 blf_ask_of_reading(__u32 id) {
    if (BLF_IS(kernel_read_file_id, id, READING_MODULE) ||
        BLF_IS(kernel_read_file_id, id, READING_MODULE_COMPRESSED))
        return BLF_ASK_KERNEL_MODULE;
    if (BLF_IS(kernel_read_file_id, id, READING_KEXEC_IMAGE) ||
        BLF_IS(kernel_read_file_id, id, READING_KEXEC_INITRAMFS))
        return BLF_ASK_KERNEL_KEXEC;
    return BLF_IS(kernel_read_file_id, id, READING_FIRMWARE) ? BLF_ASK_KERNEL_FIRMWARE
                                                             : BLF_ASK_COUNT;
}

SEC("lsm/kernel_read_file")
int BPF_PROG(blf_kernel_read_file, struct file* file, int id) {
    struct blf_details details = {.first_text = BLF_TEXT_OF_MODULE};
    if (blf_is_probed(BLF_HOOK_kernel_read_file)) return blf_prove();
    __u32 ask = blf_ask_of_reading(id);
    if (ask == BLF_ASK_COUNT) return 0;
    if (BLF_IS_NULL(file)) return blf_answer_kernel(blf_decide_unseen(ask, BLF_REASON_NOT_SEEN));
    struct dentry* dentry = file->f_path.dentry;
    if (dentry) BLF_TEXT_OF(&details, NAME) = blf_number(dentry->d_name.name);
    return blf_ask_dentry_with(dentry, file->f_path.mnt, &details, ask);
}

SEC("lsm/kernel_load_data")
int BPF_PROG(blf_kernel_load_data, int id) {
    if (blf_is_probed(BLF_HOOK_kernel_load_data)) return blf_prove();
    const struct blf_details nothing = {};
    __u32 ask = blf_ask_of_reading(id);
    return ask == BLF_ASK_COUNT ? 0 : blf_answer_kernel(blf_decide_details(&nothing, ask));
}

SEC("lsm/kernel_module_request")
int BPF_PROG(blf_kernel_module_request, char* name) {
    struct blf_details details = {};
    if (blf_is_probed(BLF_HOOK_kernel_module_request)) return blf_prove();
    BLF_TEXT_OF(&details, NAME) = blf_number(name);
    return blf_answer_kernel(blf_decide_details(&details, BLF_ASK_KERNEL_MODULE));
}

/* The proof calls bpf(2) too, to begin and to end: by other commands. */
SEC("lsm/bpf")
int BPF_PROG(blf_bpf, int command, union bpf_attr* attributes) {
    struct blf_details details = {};
    if (command == BPF_PROG_GET_NEXT_ID && blf_is_probed(BLF_HOOK_bpf)) return blf_prove();
    if (blf_is_own()) return 0;
    BLF_VALUE_OF(&details, COMMAND) = command;
    BLF_VALUE_OF(&details, PROGRAM_TYPE) = BLF_NO_VALUE;
    BLF_VALUE_OF(&details, MAP_TYPE) = BLF_NO_VALUE;
    if (attributes && command == BPF_PROG_LOAD)
        BLF_VALUE_OF(&details, PROGRAM_TYPE) = attributes->prog_type;
    if (attributes && command == BPF_MAP_CREATE)
        BLF_VALUE_OF(&details, MAP_TYPE) = attributes->map_type;
    return blf_answer_kernel(blf_decide_details(&details, BLF_ASK_KERNEL_BPF));
}

SEC("lsm/perf_event_open")
int BPF_PROG(blf_perf_event_open) {
    return blf_ask_bare(BLF_HOOK_perf_event_open, BLF_ASK_KERNEL_PERF);
}

#define BLF_IO_URING "[io_uring]"

BLF_INLINE __u32 blf_is_io_uring(const struct qstr* name) {
    char bytes[sizeof(BLF_IO_URING)] = {};
    if (!name || bpf_probe_read_kernel(bytes, sizeof(bytes), name->name)) return 0;
    for (__u32 i = 0; i < sizeof(bytes); i++)
        if (bytes[i] != BLF_IO_URING[i]) return 0;
    return 1;
}

/* uring_allowed is of 6.15; each ring is a file of this kind in all of them. */
SEC("lsm/inode_init_security_anon")
int BPF_PROG(blf_anonymous_inode, struct inode* inode, const struct qstr* name) {
    if (!blf_is_io_uring(name)) return 0;
    return blf_ask_bare(BLF_HOOK_anonymous_inode, BLF_ASK_KERNEL_IO_URING);
}

BLF_INLINE __u32 blf_lockdown_of(__u32 what) {
#define BLF_LOCKDOWN(id, word, meaning) \
    if (BLF_IS(lockdown_reason, what, LOCKDOWN_##id)) return BLF_LOCKDOWN_##id;
#include "abi/lockdowns.def"
#undef BLF_LOCKDOWN
    return BLF_LOCKDOWN_OTHER;
}

SEC("lsm/locked_down")
int BPF_PROG(blf_locked_down, int what) {
    struct blf_details details = {};
    if (blf_is_probed(BLF_HOOK_locked_down)) return blf_prove();
    if (blf_is_own()) return 0;
    BLF_VALUE_OF(&details, LOCKDOWN) = blf_lockdown_of(what);
    return blf_answer_kernel(blf_decide_details(&details, BLF_ASK_KERNEL_LOCKDOWN));
}

SEC("lsm/settime")
int BPF_PROG(blf_settime) {
    return blf_ask_bare(BLF_HOOK_settime, BLF_ASK_KERNEL_TIME);
}

SEC("lsm/quotactl")
int BPF_PROG(blf_quotactl) {
    return blf_ask_bare(BLF_HOOK_quotactl, BLF_ASK_KERNEL_QUOTA);
}

SEC("lsm/syslog")
int BPF_PROG(blf_syslog) {
    return blf_ask_bare(BLF_HOOK_syslog, BLF_ASK_KERNEL_SYSLOG);
}

#endif
