// SPDX-License-Identifier: Apache-2.0
//
// Loads deny_open.bpf.c and keeps it attached until its standard input is closed.
#include <bpf/bpf.h>
#include <stdio.h>
#include <unistd.h>

#include "deny_open.skel.h"

int main(void) {
    struct deny_open_bpf* skeleton = deny_open_bpf__open_and_load();
    if (!skeleton || deny_open_bpf__attach(skeleton)) {
        fprintf(stderr, "deny_open: could not be loaded or attached\n");
        return 1;
    }
    struct bpf_prog_info info = {0};
    unsigned int size = sizeof(info);
    bpf_obj_get_info_by_fd(bpf_program__fd(skeleton->progs.deny_open), &info, &size);
    printf("loaded program %u \"%s\", attached to lsm/file_open\n", info.id, info.name);
    fflush(stdout);

    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) continue;
    deny_open_bpf__destroy(skeleton);
    return 0;
}
