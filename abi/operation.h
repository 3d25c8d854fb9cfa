/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Numbers derived from the .def tables. Nothing here is kept by hand.
 */
#ifndef BAILIFF_ABI_OPERATION_H
#define BAILIFF_ABI_OPERATION_H

#include "abi/types.h"

enum blf_operation {
#define BLF_OPERATION(id, word, ask, meaning) BLF_OP_##id,
#include "abi/operations.def"
#undef BLF_OPERATION
    BLF_OPERATION_COUNT
};
BLF_STATIC_ASSERT(BLF_OPERATION_COUNT <= 60, "operations are bits of a __u64, see BLF_NOT");

#define BLF_BIT(id) (1ULL << BLF_OP_##id)

/* On sockets; all others are on what has a path. */
#define BLF_SOCKET_OPERATIONS (BLF_BIT(NET_UNIX) - BLF_BIT(NET_CREATE))
#define BLF_PATH_OPERATIONS (((1ULL << BLF_OPERATION_COUNT) - 1) & ~BLF_SOCKET_OPERATIONS)
/* Of these, those that have an address. */
#define BLF_ADDRESS_OPERATIONS (BLF_BIT(NET_RAW) - BLF_BIT(NET_BIND))

enum blf_ask {
#define BLF_ASK(id, operations) BLF_ASK_##id,
#include "abi/asks.def"
#undef BLF_ASK
    BLF_ASK_COUNT
};

/* Is the object of this request a socket's address, and not a path? */
#define BLF_IS_ON_SOCKET(ask) ((ask) >= BLF_ASK_NET_CREATE && (ask) <= BLF_ASK_NET_RECEIVE)

/* Which operations a hook is for (abi/hooks.def): none in particular, whatever is on paths, or only
 * where no rule is about these; BLF_LINEAGE: where some rule asks for ancestors; BLF_DIGEST: for
 * digests; BLF_EXECUTABLE: for paths of executables. */
#define BLF_ALWAYS 0ULL
#define BLF_NAMES BLF_PATH_OPERATIONS
#define BLF_NOT (1ULL << 63)
#define BLF_LINEAGE (1ULL << 62)
#define BLF_DIGEST (1ULL << 61)
#define BLF_EXECUTABLE (1ULL << 60)
#define BLF_UNLESS(operations) (BLF_NOT | (operations))

enum blf_hook {
#define BLF_HOOK(hook, kind, function, arguments, operations, why) BLF_HOOK_##hook,
#include "abi/hooks.def"
#undef BLF_HOOK
    BLF_HOOK_COUNT
};

enum blf_reason {
#define BLF_REASON(id, word, meaning) BLF_REASON_##id,
#include "abi/reasons.def"
#undef BLF_REASON
    BLF_REASON_COUNT
};

#endif
