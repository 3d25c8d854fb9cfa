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
    if (ask == BLF_ASK_KERNEL_MODULE) return 1u << BLF_BY_NAME;
    if (ask == BLF_ASK_KERNEL_LOCKDOWN) return 1u << BLF_BY_LOCKDOWN;
    if (ask == BLF_ASK_KERNEL_BPF)
        return 1u << BLF_BY_COMMAND | 1u << BLF_BY_PROGRAM_TYPE | 1u << BLF_BY_MAP_TYPE;
    return 0;
}

#endif
