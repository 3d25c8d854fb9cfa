// SPDX-License-Identifier: Apache-2.0
//
// What BPF has in this kernel, whoever loaded it. Looks only.
//
//   bpf_objects programs   a line each: name, instructions the verifier followed, instructions kept
//   bpf_objects maps       a line each: name, bytes of kernel memory
#include <bpf/bpf.h>
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_program(int fd) {
    struct bpf_prog_info info = {0};
    unsigned int size = sizeof(info);
    if (bpf_obj_get_info_by_fd(fd, &info, &size)) err(1, "program");
    printf("%s %u %zu\n", info.name, info.verified_insns, info.xlated_prog_len / 8UL);
}

// The kernel says it only in the descriptor's text.
static long memory_of(int fd) {
    char path[64], line[256];
    long bytes = -1;
    snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
    FILE* file = fopen(path, "re");
    if (!file) err(1, "%s", path);
    while (fgets(line, sizeof(line), file)) sscanf(line, "memlock: %ld", &bytes);
    fclose(file);
    if (bytes < 0) errx(1, "%s: no memlock", path);
    return bytes;
}

static void print_map(int fd) {
    struct bpf_map_info info = {0};
    unsigned int size = sizeof(info);
    if (bpf_obj_get_info_by_fd(fd, &info, &size)) err(1, "map");
    printf("%s %ld\n", info.name[0] ? info.name : "-", memory_of(fd));
}

static int each(int (*next)(unsigned int, unsigned int*), int (*get)(unsigned int),
                void (*print)(int)) {
    for (unsigned int id = 0; next(id, &id) == 0;) {
        int fd = get(id);
        if (fd < 0) continue;  // gone meanwhile
        print(fd);
        close(fd);
    }
    return 0;
}

int main(int argc, char** argv) {
    if (argc == 2 && strcmp(argv[1], "programs") == 0)
        return each(bpf_prog_get_next_id, bpf_prog_get_fd_by_id, print_program);
    if (argc == 2 && strcmp(argv[1], "maps") == 0)
        return each(bpf_map_get_next_id, bpf_map_get_fd_by_id, print_map);
    return 2;
}
