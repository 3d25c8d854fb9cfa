/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Who asks: what of a process is compared with what policies say of processes. And the details of
 * what it asks for (abi/details.def), among them the same of the process that it asks about.
 *
 * A dimension of the first kind is a path, with its own automaton; one of the second kind is a
 * number, or a set of numbers. The ancestors of a process are a set of numbers, those of the lists
 * of patterns that some ancestor's executable matched; so is the script that it interprets.
 * BLF_BY_LINEAGE is the automaton that yields these numbers, and has no vectors.
 *
 * BLF_BY_TARGET_… are of the process that is asked about: one for each that a selector is about, of
 * the same kind.
 */
#ifndef BAILIFF_ABI_SUBJECT_H
#define BAILIFF_ABI_SUBJECT_H

#include "abi/types.h"

enum blf_by {
    BLF_BY_EXE,
    BLF_BY_PARENT,     /* the executable of the process that started it */
    BLF_BY_CGROUP,     /* its path in the hierarchy of version 2, from the host's root */
    BLF_BY_EXE_SHA256, /* of the executable's content: one component, 64 hexadecimal digits */
    BLF_BY_NAME,       /* of a module, a kind of file system, a socket, a setting: one component;
                          this and what follows of the request */
    BLF_BY_SOURCE,     /* what is mounted, as who mounts it has written it: likewise */
    BLF_BY_TARGET_EXE,
    BLF_BY_TARGET_PARENT,
    BLF_BY_TARGET_CGROUP,
    BLF_BY_TARGET_EXE_SHA256,
    BLF_PATH_DIMENSIONS,

    BLF_BY_LINEAGE = BLF_PATH_DIMENSIONS,
    BLF_AUTOMATA, /* of processes */

    BLF_BY_UID = BLF_AUTOMATA, /* effective; these and all further in the initial namespace */
    BLF_BY_LOGIN_UID,          /* BLF_NO_LOGIN: it does not come from a login */
    BLF_BY_SESSION,            /* enum blf_session */
    BLF_BY_USER_NAMESPACE,     /* enum blf_user_namespace */
    BLF_BY_PORT,               /* of the address that is asked about; 0: there is none */
    BLF_BY_PROTOCOL,           /* IPPROTO_*, or of what else the family has */
    BLF_BY_FAMILY,             /* AF_* */
    BLF_BY_SOCKET_TYPE,        /* SOCK_* */
    BLF_BY_LOCKDOWN,           /* enum blf_lockdown */
    BLF_BY_COMMAND,            /* enum bpf_cmd */
    BLF_BY_PROGRAM_TYPE,       /* enum bpf_prog_type */
    BLF_BY_MAP_TYPE,           /* enum bpf_map_type */
    BLF_BY_PTRACE_ACCESS,      /* PTRACE_MODE_READ, PTRACE_MODE_ATTACH */
    BLF_BY_SIGNAL,
    BLF_BY_USED_CAPABILITY,
    BLF_BY_OPTION,   /* PR_* */
    BLF_BY_RESOURCE, /* RLIMIT_* */
    BLF_BY_TARGET_UID,
    BLF_BY_TARGET_LOGIN_UID,
    BLF_BY_TARGET_SESSION,
    BLF_BY_TARGET_USER_NAMESPACE,
    BLF_VALUES_END, /* those before are one number, those that follow sets */

    BLF_BY_GID = BLF_VALUES_END, /* the effective one and the supplementary ones */
    BLF_BY_CAPABILITY,           /* effective, in whichever user namespace */
    BLF_BY_MOUNT_FLAG,           /* of the request: MS_*, by the number of their bit */
    BLF_BY_ANCESTORS,
    BLF_BY_SCRIPT, /* at most one is asked for; a script may itself be a script's interpreter */
    BLF_BY_TARGET_GID,
    BLF_BY_TARGET_CAPABILITY,
    BLF_BY_TARGET_ANCESTORS,
    BLF_BY_TARGET_SCRIPT,
    BLF_DIMENSIONS
};
#define BLF_VALUES (BLF_VALUES_END - BLF_AUTOMATA)

/* Dimensions as a set: a bit each. */
#define BLF_DIMENSION(by) (1ULL << (by))
#define BLF_DIMENSIONS_TO(first, last) ((2ULL << (last)) - (1ULL << (first)))

/* Those of the process that is asked about. */
#define BLF_OF_TARGETS                                                    \
    (BLF_DIMENSIONS_TO(BLF_BY_TARGET_EXE, BLF_BY_TARGET_EXE_SHA256) |     \
     BLF_DIMENSIONS_TO(BLF_BY_TARGET_UID, BLF_BY_TARGET_USER_NAMESPACE) | \
     BLF_DIMENSIONS_TO(BLF_BY_TARGET_GID, BLF_BY_TARGET_SCRIPT))

/* Those that ask which executable a task has, of which content, what it descends from, which script
 * it interprets. */
#define BLF_OF_EXECUTABLES                                                         \
    (BLF_DIMENSION(BLF_BY_EXE) | BLF_DIMENSION(BLF_BY_PARENT) | BLF_OF_ANCESTORS | \
     BLF_DIMENSIONS_TO(BLF_BY_TARGET_EXE, BLF_BY_TARGET_PARENT))
#define BLF_OF_DIGESTS (BLF_DIMENSION(BLF_BY_EXE_SHA256) | BLF_DIMENSION(BLF_BY_TARGET_EXE_SHA256))
#define BLF_OF_ANCESTORS (BLF_DIMENSION(BLF_BY_ANCESTORS) | BLF_DIMENSION(BLF_BY_TARGET_ANCESTORS))
#define BLF_OF_SCRIPTS (BLF_DIMENSION(BLF_BY_SCRIPT) | BLF_DIMENSION(BLF_BY_TARGET_SCRIPT))

/* Those that a request has. One that is not of a kind with this detail is compared with no rule
 * that names it. */
#define BLF_DETAIL_VALUES (BLF_BY_RESOURCE - BLF_BY_PORT + 1)
#define BLF_DETAIL_TEXTS (BLF_BY_SOURCE - BLF_BY_NAME + 1)
#define BLF_OF_REQUESTS                                                                 \
    (BLF_DIMENSIONS_TO(BLF_BY_PORT, BLF_BY_RESOURCE) |                                  \
     BLF_DIMENSIONS_TO(BLF_BY_NAME, BLF_BY_SOURCE) | BLF_DIMENSION(BLF_BY_MOUNT_FLAG) | \
     BLF_OF_TARGETS)
/* Those of a socket. */
#define BLF_OF_SOCKETS BLF_DIMENSIONS_TO(BLF_BY_PORT, BLF_BY_SOCKET_TYPE)

/* The value of what is of this kind and has none. */
#define BLF_NO_VALUE 0xffffffffu

#define BLF_NO_LOGIN 0xffffffffu
enum blf_session { BLF_SESSION_NONE, BLF_SESSION_TTY };
enum blf_lockdown {
#define BLF_LOCKDOWN(id, word, meaning) BLF_LOCKDOWN_##id,
#include "abi/lockdowns.def"
#undef BLF_LOCKDOWN
    BLF_LOCKDOWN_OTHER
};
enum blf_user_namespace { BLF_USER_NAMESPACE_HOST, BLF_USER_NAMESPACE_OTHER };

/* Lists of ancestors and of scripts in one image: they are bits of a __u64. */
#define BLF_LINEAGES_MAX 64

#endif
