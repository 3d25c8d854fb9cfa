/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What a process does to others and to itself.
 */
#ifndef BAILIFF_BPF_PROCESS_H
#define BAILIFF_BPF_PROCESS_H

#include "bpf/own.h"
#include "bpf/place.h"
#include "bpf/target.h"

#define PTRACE_MODE_READ 1
#define PTRACE_MODE_ATTACH 2
#define CAP_WAKE_ALARM 35

BLF_INLINE int blf_ask_about(const struct blf_details* details, __u32 ask) {
    return blf_answer_kernel(blf_decide_details(details, ask));
}

BLF_INLINE int blf_ask_about_other(const struct blf_details* details, struct task_struct* other,
                                   __u32 ask) {
    const struct blf_object nothing = {.absent = 1};
    if (!other) return blf_answer_kernel(blf_decide_unseen(ask, BLF_REASON_NOT_SEEN));
    if (blf_was_asked(details, ask)) return 0;
    struct blf_task* task = blf_take_task();
    if (!task) return blf_answer_kernel(blf_decision(NULL, ask));
    task->object = nothing;
    task->details = *details;
    task->unseen = 0;
    if (blf_knows_any(BLF_OF_TARGETS)) blf_note_target(task, other);
    return blf_answer_kernel(blf_decide_with(task, ask));
}

/* Of one's own process the kernel does not ask. */
SEC("lsm/ptrace_access_check")
int BPF_PROG(blf_ptrace_access_check, struct task_struct* child, unsigned int mode) {
    struct blf_details details = {};
    if (blf_is_probed(BLF_HOOK_ptrace_access_check)) return blf_prove();
    BLF_VALUE_OF(&details, PTRACE_ACCESS) =
        mode & PTRACE_MODE_ATTACH ? PTRACE_MODE_ATTACH : PTRACE_MODE_READ;
    return blf_ask_about_other(&details, child, BLF_ASK_PROCESS_PTRACE);
}

/* Who lets itself be traced asks in its parent's place, of which it is a copy; and it is the one
 * that is traced. */
SEC("lsm/ptrace_traceme")
int BPF_PROG(blf_ptrace_traceme, struct task_struct* parent) {
    struct blf_details details = {};
    if (blf_is_probed(BLF_HOOK_ptrace_traceme)) return blf_prove();
    BLF_VALUE_OF(&details, PTRACE_ACCESS) = PTRACE_MODE_ATTACH;
    return blf_ask_about_other(&details, (struct task_struct*)bpf_get_current_task_btf(),
                               BLF_ASK_PROCESS_PTRACE);
}

/* `info` may be a small number, `cred` NULL where the verifier believes otherwise: neither is
 * looked at. */
SEC("lsm/task_kill")
int BPF_PROG(blf_task_kill, struct task_struct* task, struct kernel_siginfo* info, int signal) {
    struct blf_details details = {};
    if (blf_is_probed(BLF_HOOK_task_kill)) return blf_prove();
    if (task && task->tgid == (int)(bpf_get_current_pid_tgid() >> 32)) return 0;
    BLF_VALUE_OF(&details, SIGNAL) = signal;
    return blf_ask_about_other(&details, task, BLF_ASK_PROCESS_SIGNAL);
}

SEC("lsm/task_fix_setuid")
int BPF_PROG(blf_task_fix_setuid) {
    return blf_ask_bare(BLF_HOOK_task_fix_setuid, BLF_ASK_PROCESS_SETUID);
}

SEC("lsm/task_fix_setgid")
int BPF_PROG(blf_task_fix_setgid) {
    return blf_ask_bare(BLF_HOOK_task_fix_setgid, BLF_ASK_PROCESS_SETGID);
}

SEC("lsm/task_fix_setgroups")
int BPF_PROG(blf_task_fix_setgroups) {
    return blf_ask_bare(BLF_HOOK_task_fix_setgroups, BLF_ASK_PROCESS_SETGID);
}

/* Asked again and again in one call, also by bpf(2), by which the proof begins and ends: it is made
 * of one that nothing else there takes. Bailiff itself passes. */
SEC("lsm/capable")
int BPF_PROG(blf_capable, const struct cred* cred, struct user_namespace* user_ns, int capability) {
    struct blf_details details = {};
    if (capability == CAP_WAKE_ALARM && blf_is_probed(BLF_HOOK_capable)) return blf_prove();
    if (blf_is_own()) return 0;
    BLF_VALUE_OF(&details, USED_CAPABILITY) = capability;
    return blf_ask_about(&details, BLF_ASK_PROCESS_CAPABILITY);
}

/* 0 is no answer here: prctl goes on. */
SEC("lsm/task_prctl")
int BPF_PROG(blf_task_prctl, int option) {
    struct blf_details details = {};
    if (blf_is_probed(BLF_HOOK_task_prctl)) return blf_prove();
    BLF_VALUE_OF(&details, OPTION) = option;
    return blf_ask_about(&details, BLF_ASK_PROCESS_PRCTL);
}

SEC("lsm/task_setrlimit")
int BPF_PROG(blf_task_setrlimit, struct task_struct* task, unsigned int resource) {
    struct blf_details details = {};
    if (blf_is_probed(BLF_HOOK_task_setrlimit)) return blf_prove();
    BLF_VALUE_OF(&details, RESOURCE) = resource;
    return blf_ask_about(&details, BLF_ASK_PROCESS_RLIMIT);
}

SEC("lsm/task_setnice")
int BPF_PROG(blf_task_setnice) {
    return blf_ask_bare(BLF_HOOK_task_setnice, BLF_ASK_PROCESS_SCHEDULE);
}

SEC("lsm/task_setscheduler")
int BPF_PROG(blf_task_setscheduler) {
    return blf_ask_bare(BLF_HOOK_task_setscheduler, BLF_ASK_PROCESS_SCHEDULE);
}

SEC("lsm/task_setioprio")
int BPF_PROG(blf_task_setioprio) {
    return blf_ask_bare(BLF_HOOK_task_setioprio, BLF_ASK_PROCESS_SCHEDULE);
}

/* The proof of each passes the other: bailiff itself may. */
BLF_INLINE int blf_ask_about_key(__u32 hook) {
    if (blf_is_probed(hook)) return blf_prove();
    return blf_is_own() ? 0 : blf_ask_bare(hook, BLF_ASK_PROCESS_KEYRING);
}

SEC("lsm/key_alloc")
int BPF_PROG(blf_key_alloc) {
    return blf_ask_about_key(BLF_HOOK_key_alloc);
}

SEC("lsm/key_permission")
int BPF_PROG(blf_key_permission) {
    return blf_ask_about_key(BLF_HOOK_key_permission);
}

#endif
