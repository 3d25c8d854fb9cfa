/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Which details a request has (abi/details.def), by BLF_DIMENSION(). The others are passed
 * over: no rule that names one is about any of its operations.
 */
#ifndef BAILIFF_DECIDE_DETAILS_H
#define BAILIFF_DECIDE_DETAILS_H

#include "abi/operation.h"
#include "abi/subject.h"

BLF_INLINE __u64 blf_details_of(__u32 ask) {
    if (BLF_IS_ON_SOCKET(ask)) return BLF_OF_SOCKETS;
    if (ask >= BLF_ASK_MOUNT && ask <= BLF_ASK_MOUNT_NEW_API)
        return BLF_DIMENSION(BLF_BY_NAME) | BLF_DIMENSION(BLF_BY_SOURCE) |
               BLF_DIMENSION(BLF_BY_MOUNT_FLAG);
    if (ask == BLF_ASK_KERNEL_MODULE || ask == BLF_ASK_NET_UNIX || ask == BLF_ASK_KERNEL_SYSCTL)
        return BLF_DIMENSION(BLF_BY_NAME);
    if (ask == BLF_ASK_KERNEL_LOCKDOWN) return BLF_DIMENSION(BLF_BY_LOCKDOWN);
    if (ask == BLF_ASK_KERNEL_BPF)
        return BLF_DIMENSION(BLF_BY_COMMAND) | BLF_DIMENSION(BLF_BY_PROGRAM_TYPE) |
               BLF_DIMENSION(BLF_BY_MAP_TYPE);
    if (ask == BLF_ASK_PROCESS_PTRACE) return BLF_DIMENSION(BLF_BY_PTRACE_ACCESS) | BLF_OF_TARGETS;
    if (ask == BLF_ASK_PROCESS_SIGNAL) return BLF_DIMENSION(BLF_BY_SIGNAL) | BLF_OF_TARGETS;
    if (ask == BLF_ASK_PROCESS_CAPABILITY) return BLF_DIMENSION(BLF_BY_USED_CAPABILITY);
    if (ask == BLF_ASK_PROCESS_PRCTL) return BLF_DIMENSION(BLF_BY_OPTION);
    if (ask == BLF_ASK_PROCESS_RLIMIT) return BLF_DIMENSION(BLF_BY_RESOURCE);
    return 0;
}

#endif
