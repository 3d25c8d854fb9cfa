// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The floor of operations: a program that does nothing on each hook of ours that they meet. Beside
// those that decide, these are what takes notice of directories that move or go.
#include "bench/engines/floor.h"

EMPTY(file_open)
EMPTY(path_mknod)
EMPTY(path_unlink)
EMPTY(path_rename)
EMPTY(path_link)
EMPTY(path_mkdir)
EMPTY(path_rmdir)
EMPTY(inode_getattr)
EMPTY(file_permission)
EMPTY(mmap_file)
EMPTY(file_mprotect)
EMPTY(bprm_check_security)
EMPTY(inode_free_security)

SEC("fentry/__d_move")
int every_d_move_begin(void* arguments) {
    return 0;
}

SEC("fexit/__d_move")
int every_d_move_end(void* arguments) {
    return 0;
}
