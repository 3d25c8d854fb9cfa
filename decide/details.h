/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Which details a request has (abi/details.def), a bit each by enum blf_by. The others are passed
 * over: no rule that names one is about any of its operations.
 */
#ifndef BAILIFF_DECIDE_DETAILS_H
#define BAILIFF_DECIDE_DETAILS_H

#include "abi/operation.h"
#include "abi/subject.h"

BLF_INLINE __u32 blf_details_of(__u32 ask) {
    if (BLF_IS_ON_SOCKET(ask)) return BLF_OF_SOCKETS;
    if (ask >= BLF_ASK_MOUNT && ask <= BLF_ASK_MOUNT_NEW_API)
        return 1u << BLF_BY_NAME | 1u << BLF_BY_SOURCE | 1u << BLF_BY_MOUNT_FLAG;
    if (ask == BLF_ASK_KERNEL_MODULE || ask == BLF_ASK_NET_UNIX || ask == BLF_ASK_KERNEL_SYSCTL)
        return 1u << BLF_BY_NAME;
    if (ask == BLF_ASK_KERNEL_LOCKDOWN) return 1u << BLF_BY_LOCKDOWN;
    if (ask == BLF_ASK_KERNEL_BPF)
        return 1u << BLF_BY_COMMAND | 1u << BLF_BY_PROGRAM_TYPE | 1u << BLF_BY_MAP_TYPE;
    if (ask == BLF_ASK_PROCESS_PTRACE) return 1u << BLF_BY_PTRACE_ACCESS;
    if (ask == BLF_ASK_PROCESS_SIGNAL) return 1u << BLF_BY_SIGNAL;
    if (ask == BLF_ASK_PROCESS_CAPABILITY) return 1u << BLF_BY_USED_CAPABILITY;
    if (ask == BLF_ASK_PROCESS_PRCTL) return 1u << BLF_BY_OPTION;
    if (ask == BLF_ASK_PROCESS_RLIMIT) return 1u << BLF_BY_RESOURCE;
    return 0;
}

#endif
