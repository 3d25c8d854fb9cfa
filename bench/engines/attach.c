// SPDX-License-Identifier: Apache-2.0
//
// attach empty|every|called|d_path COMMAND...: runs the command while that program is attached.
// Only in the rig's VM.
#include <bpf/libbpf.h>
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "called.skel.h"
#include "d_path.skel.h"
#include "empty.skel.h"
#include "every.skel.h"

static int in_test_vm(void) {
    char line[4096] = "";
    FILE* file = fopen("/proc/cmdline", "re");
    if (file && !fgets(line, sizeof(line), file)) line[0] = 0;
    if (file) fclose(file);
    for (char* word = strtok(line, " \n"); word; word = strtok(NULL, " \n"))
        if (strcmp(word, "bailiff.testvm=1") == 0) return 1;
    return 0;
}

static struct bpf_object* object_named(const char* name) {
    size_t size;
    const void* bytes;
    if (strcmp(name, "empty") == 0)
        bytes = empty_bpf__elf_bytes(&size);
    else if (strcmp(name, "every") == 0)
        bytes = every_bpf__elf_bytes(&size);
    else if (strcmp(name, "called") == 0)
        bytes = called_bpf__elf_bytes(&size);
    else if (strcmp(name, "d_path") == 0)
        bytes = d_path_bpf__elf_bytes(&size);
    else
        errx(2, "there are `empty`, `every`, `called` and `d_path`, not `%s`", name);
    return bpf_object__open_mem(bytes, size, NULL);
}

static void attach_all(struct bpf_object* object) {
    struct bpf_program* program;
    if (!object || bpf_object__load(object)) errx(3, "could not be loaded");
    bpf_object__for_each_program(program, object) {
        if (!bpf_program__attach(program)) errx(3, "could not be attached");
    }
}

int main(int argc, char** argv) {
    int status;
    if (!in_test_vm()) errx(99, "runs in the rig's VM only (./dev vm)");
    if (argc < 3) return 2;
    attach_all(object_named(argv[1]));  // until this process ends
    pid_t child = fork();
    if (child < 0) err(1, "fork");
    if (child == 0) {
        execvp(argv[2], argv + 2);
        err(127, "%s", argv[2]);
    }
    if (waitpid(child, &status, 0) < 0) err(1, "wait");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
