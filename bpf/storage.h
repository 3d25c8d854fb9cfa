/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Task storage that is made where there is none.
 *
 * Before 6.2 (4279adb094a1) a task is given none on a CPU where another one was preempted in the
 * middle of such a call: the counter bpf_task_storage_busy of that CPU says so. What must not do
 * without waits until the other task, which has its turn when ours is over, is through. A third
 * may be preempted there before we ask again, hence BLF_STORAGE_TRIES; and in vain where preemption
 * is off, hence BLF_STORAGE_WAIT, which a busy host may take from a virtual machine in one piece.
 */
#ifndef BAILIFF_BPF_STORAGE_H
#define BAILIFF_BPF_STORAGE_H

#include "bpf/maps.h"

#define BLF_STORAGE_WAIT 250000000 /* ns */
#define BLF_STORAGE_STEPS (1 << 23)
#define BLF_STORAGE_TRIES 4

extern const int bpf_task_storage_busy __ksym __weak;

static long blf_storage_step(__u32 step, __u64* until) {
    (void)step;
    const volatile int* busy = bpf_this_cpu_ptr(&bpf_task_storage_busy);
    return !*busy || bpf_ktime_get_ns() > *until;
}

static __attribute__((noinline)) void blf_wait_for_storage(void) {
    if (!&bpf_task_storage_busy) return;
    __u64 until = bpf_ktime_get_ns() + BLF_STORAGE_WAIT;
    bpf_loop(BLF_STORAGE_STEPS, blf_storage_step, &until, 0);
}

/* `map`: of type BPF_MAP_TYPE_TASK_STORAGE. NULL: there is no memory, or it was waited for in vain.
 */
BLF_INLINE void* blf_storage_of(void* map, struct task_struct* task) {
    void* storage = bpf_task_storage_get(map, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (BLF_CAN_CAST) return storage;
#pragma unroll
    for (int i = 0; i < BLF_STORAGE_TRIES && !storage; i++) {
        blf_wait_for_storage();
        storage = bpf_task_storage_get(map, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    }
    return storage;
}

#endif
