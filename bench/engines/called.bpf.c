// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The floor of calls that are not about files: a program that does nothing on each hook of ours
// that they meet under the policies of bench/calls.py.
#include "bench/engines/floor.h"

EMPTY(socket_connect)
EMPTY(socket_sendmsg)
EMPTY(unix_stream_connect)
EMPTY(unix_may_send)
EMPTY(bprm_check_security)
EMPTY(mmap_file)
EMPTY(file_mprotect)
EMPTY(file_permission)
EMPTY(inode_free_security)
EMPTY(task_kill)
EMPTY(ptrace_access_check)
EMPTY(sb_mount)
EMPTY(sb_kern_mount)
EMPTY(move_mount)
EMPTY(sb_umount)
EMPTY(capable)
