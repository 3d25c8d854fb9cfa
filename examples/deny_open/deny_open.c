// SPDX-License-Identifier: Apache-2.0
//
// Loads deny_open.bpf.c and keeps it attached until its standard input is closed.
#include <bpf/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deny_open.skel.h"

static int in_test_vm(void) {
    char line[4096] = "";
    FILE* file = fopen("/proc/cmdline", "re");
    if (file && !fgets(line, sizeof(line), file)) line[0] = 0;
    if (file) fclose(file);
    for (char* word = strtok(line, " \n"); word; word = strtok(NULL, " \n"))
        if (strcmp(word, "bailiff.testvm=1") == 0) return 1;
    return 0;
}

int main(int argc, char** argv) {
    if (!in_test_vm() && (argc < 2 || strcmp(argv[1], "--on-this-kernel") != 0)) {
        fprintf(stderr,
                "deny_open: attaches to the running kernel. Try it in `./dev vm`; if you mean this "
                "very machine, say --on-this-kernel\n");
        return 99;
    }
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
