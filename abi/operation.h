/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Numbers derived from the .def tables. Nothing here is kept by hand.
 */
#ifndef BAILIFF_ABI_OPERATION_H
#define BAILIFF_ABI_OPERATION_H

#include "abi/types.h"

enum blf_operation {
#define BLF_OPERATION(id, word, object, ask, meaning) BLF_OP_##id,
#include "abi/operations.def"
#undef BLF_OPERATION
    BLF_OPERATION_COUNT
};

#define BLF_BIT(id) ((blf_set)1 << BLF_OP_##id)

/* What an operation is on, see abi/operations.def. */
enum blf_object_kind { BLF_ON_PATH, BLF_ON_PLACE, BLF_ON_SOCKET, BLF_ON_NOTHING };

#ifdef __cplusplus
constexpr blf_set blf_operations_on(blf_object_kind kind) {
    blf_set set = 0;
#define BLF_OPERATION(id, word, object, ask, meaning) \
    if (kind == BLF_ON_##object) set |= BLF_BIT(id);
#include "abi/operations.def"
#undef BLF_OPERATION
    return set;
}
constexpr unsigned blf_count(blf_set set) {
    unsigned count = 0;
    for (; set != 0; set &= set - 1) count++;
    return count;
}
inline constexpr blf_set BLF_SOCKET_OPERATIONS = blf_operations_on(BLF_ON_SOCKET);
inline constexpr blf_set BLF_PLACE_OPERATIONS = blf_operations_on(BLF_ON_PLACE);
/* Those that have a path, or may have one. */
inline constexpr blf_set BLF_PATH_OPERATIONS =
    blf_operations_on(BLF_ON_PATH) | BLF_PLACE_OPERATIONS;
static_assert(BLF_PATH_OPERATIONS >> 64 == 0, "see struct blf_clause");
/* On sockets, those that have an address. */
inline constexpr blf_set BLF_ADDRESS_OPERATIONS = BLF_BIT(NET_RAW) - BLF_BIT(NET_BIND);
/* On places, those that mount. */
inline constexpr blf_set BLF_MOUNT_OPERATIONS = BLF_BIT(UMOUNT) - BLF_BIT(MOUNT);
/* Those that are about another process. */
inline constexpr blf_set BLF_TARGET_OPERATIONS = BLF_BIT(PROCESS_PTRACE) | BLF_BIT(PROCESS_SIGNAL);
#endif

enum blf_ask {
#define BLF_ASK(id, operations, needs) BLF_ASK_##id,
#include "abi/asks.def"
#undef BLF_ASK
    BLF_ASK_COUNT
};

#define BLF_NEEDS_MAX 2

/* What defaults are about, for a first look. */
enum blf_closed {
    BLF_CLOSED_PATHS = 1,
    BLF_CLOSED_SOCKETS = 2,
    BLF_CLOSED_OTHERS = 4,
    /* Whom the policies with a default are about depends on nothing but what a process runs and on
     * its effective user. */
    BLF_CLOSED_BY_PROGRAM = 8
};
#define BLF_CLOSED_OF(ask)                              \
    (BLF_IS_ON_SOCKET(ask)  ? (__u32)BLF_CLOSED_SOCKETS \
     : BLF_IS_ANYWHERE(ask) ? (__u32)BLF_CLOSED_OTHERS  \
                            : (__u32)BLF_CLOSED_PATHS)

/* Is the object of this request a socket's address, and not a path? May it be at no place at all,
 * so that rules which name none are about it? */
#define BLF_IS_ON_SOCKET(ask) ((ask) >= BLF_ASK_NET_CREATE && (ask) <= BLF_ASK_NET_RECEIVE)
#define BLF_IS_ANYWHERE(ask) ((ask) > BLF_ASK_NET_RECEIVE)

/* Which operations a hook is for (abi/hooks.def): none in particular, whatever is on paths, or only
 * where no rule is about these; BLF_LINEAGE: where some rule asks for ancestors; BLF_DIGEST: for
 * digests; BLF_EXECUTABLE: for paths of executables; BLF_OF_RUN: where the policies are a run's. */
#define BLF_ALWAYS ((blf_set)0)
#define BLF_NAMES BLF_PATH_OPERATIONS
#define BLF_NOT ((blf_set)1 << 127)
#define BLF_LINEAGE ((blf_set)1 << 126)
#define BLF_DIGEST ((blf_set)1 << 125)
#define BLF_EXECUTABLE ((blf_set)1 << 124)
#define BLF_OF_RUN ((blf_set)1 << 123)
#define BLF_UNLESS(operations) (BLF_NOT | (operations))
BLF_STATIC_ASSERT(BLF_OPERATION_COUNT <= 123, "see BLF_OF_RUN");

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
