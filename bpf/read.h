/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Kernel memory at an address that is a plain number, as a climb along dentries and mounts needs
 * it.
 *
 * bpf_rdonly_cast (6.2) makes it a load that cannot fault, about eight instructions;
 * bpf_probe_read_kernel costs seventy. A structure that begins with the wanted type stands for
 * "something of this size". What cannot be read is 0.
 *
 * The programs are compiled for both, BLF_CAN_CAST is 1 or 0. Were it chosen when loading, kernels
 * would cut the other way out of each program, place by place, and that takes them a good part of
 * the time that loading takes.
 */
#ifndef BAILIFF_BPF_READ_H
#define BAILIFF_BPF_READ_H

#include "bpf/maps.h"

extern void* bpf_rdonly_cast(const void* object, __u32 btf_id) __ksym __weak;

#define BLF_OFFSET(type, field) ((__u64)bpf_core_field_offset(struct type, field))

BLF_INLINE __u64 blf_read_pointer(__u64 address) {
    __u64 value = 0;
    if (BLF_CAN_CAST) {
        struct cpumask* words =
            bpf_rdonly_cast((void*)address, bpf_core_type_id_kernel(struct cpumask));
        return words->bits[0];
    }
    bpf_probe_read_kernel(&value, sizeof(value), (void*)address);
    return value;
}

BLF_INLINE __u32 blf_read_word(__u64 address) {
    __u32 value = 0;
    if (BLF_CAN_CAST) {
        struct seqcount* word =
            bpf_rdonly_cast((void*)address, bpf_core_type_id_kernel(struct seqcount));
        return word->sequence;
    }
    bpf_probe_read_kernel(&value, sizeof(value), (void*)address);
    return value;
}

/* The same pointer, not trusted by the verifier. It searches the kernel's types four times for each
 * pointer that is read through one that it trusts (6.12: check_ptr_to_btf_access(),
 * btf_find_by_name_kind()), a good part of the time that loading takes. In return, each load is
 * some instructions longer: not for the way that nearly every call takes. */
#define BLF_UNTRUSTED(type, pointer)                                                             \
    (BLF_CAN_CAST ? (struct type*)bpf_rdonly_cast(pointer, bpf_core_type_id_kernel(struct type)) \
                  : (pointer))

/* The current task, to be read; task storage wants it trusted. */
BLF_INLINE struct task_struct* blf_current(void) {
    return BLF_UNTRUSTED(task_struct, (struct task_struct*)bpf_get_current_task_btf());
}

/* A kernel pointer as a plain number: stored at a stack offset the verifier does not know, its type
 * is forgotten (arithmetic on typed pointers is refused). */
BLF_INLINE __u64 blf_number(const volatile void* pointer) {
    volatile __u64 cell[2] = {0, 0};
    __u32 i = blf_zero32;
    barrier_var(i);
    cell[i & 1] = (__u64)pointer;
    return cell[i & 1];
}

/* Is there nothing behind a pointer that a hook was given, or that lies in what it was
 * given? 6.12's verifier takes such pointers for never NULL and throws the comparison away
 * (51302c951c8f), though mmap_file has no file for memory and a negative dentry no inode. Later
 * verifiers want to see the comparison before they let a pointer be used, so that both are needed.
 */
#define BLF_IS_NULL(pointer) (!(pointer) || (__u64)(pointer) == blf_zero32)

BLF_INLINE __u32 blf_hides_backing(void) {
    return !bpf_core_type_exists(struct backing_file);
}

/* NULL, or one of the kernel's error numbers. */
BLF_INLINE __u32 blf_is_no_pointer(__u64 address) {
    return !address || address >= -4095ULL;
}

#endif
