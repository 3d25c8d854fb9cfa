// SPDX-License-Identifier: Apache-2.0
//
// operation_loop [-r ROUNDS] OPERATION...: what each takes in the working directory, in
// nanoseconds, which under QEMU's -icount shift=0 are instructions: the median, less what timing
// nothing takes. One number each. What an operation needs is made before, and the kernel is asked
// for nothing else while it is timed. One that fails ends the measurement: exit 1.
//
//   create+unlink  rename  link+unlink  mkdir+rmdir  stat  read  write  mmap-exec  exec
//
// `exec` is a program that ends at once, with its fork and wait: this one, as `nothing`.
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stopwatch.h"

static int rounds = 500, opened = -1;
static const char* self;

static int nothing(int round) {
    (void)round;
    return 0;
}

static int create_and_unlink(int round) {
    (void)round;
    int fd = open("new", O_CREAT | O_WRONLY | O_EXCL, 0644);
    return fd < 0 || close(fd) || unlink("new");
}

static int rename_back_and_forth(int round) {
    return round & 1 ? rename("there", "here") : rename("here", "there");
}

static int link_and_unlink(int round) {
    (void)round;
    return link("file", "new") || unlink("new");
}

static int make_and_remove(int round) {
    (void)round;
    return mkdir("new", 0755) || rmdir("new");
}

static int ask(int round) {
    struct stat info;
    (void)round;
    return stat("file", &info);
}

static int read_byte(int round) {
    char byte;
    (void)round;
    return pread(opened, &byte, 1, 0) != 1;
}

static int write_byte(int round) {
    (void)round;
    return pwrite(opened, "x", 1, 0) != 1;
}

static int map_executable(int round) {
    (void)round;
    void* at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, opened, 0);
    return at == MAP_FAILED || munmap(at, 4096);
}

static int execute(int round) {
    int status;
    (void)round;
    pid_t child = vfork();
    if (child < 0) return 1;
    if (child == 0) {
        execl(self, self, "nothing", (char*)NULL);
        _exit(1);
    }
    return waitpid(child, &status, 0) < 0 || status;
}

static const struct {
    const char* name;
    int (*once)(int round);
} operations[] = {
    {"create+unlink", create_and_unlink},
    {"rename", rename_back_and_forth},
    {"link+unlink", link_and_unlink},
    {"mkdir+rmdir", make_and_remove},
    {"stat", ask},
    {"read", read_byte},
    {"write", write_byte},
    {"mmap-exec", map_executable},
    {"exec", execute},
};

// In twice as many rounds, of which the first half warms caches.
static long measure(const char* name, int (*once)(int round)) {
    for (int i = 0; i < 2 * rounds; i++) {
        long begin = now();
        if (once(i)) err(1, "%s", name);
        took[i % rounds] = now() - begin;
    }
    return median(rounds);
}

static void prepare(void) {
    static const char* const names[] = {"file", "here"};
    for (int i = 0; i < 2; i++) {
        int fd = open(names[i], O_CREAT | O_RDWR, 0755);
        if (fd < 0 || write(fd, "x", 1) != 1) err(1, "%s", names[i]);
        close(fd);
    }
    opened = open("file", O_RDWR);
    if (opened < 0) err(1, "file");
}

static int measure_named(const char* name, long less) {
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        if (strcmp(operations[i].name, name) != 0) continue;
        printf("%ld\n", measure(name, operations[i].once) - less);
        return 0;
    }
    return 2;
}

int main(int argc, char** argv) {
    int option;
    self = argv[0];
    if (argc == 2 && strcmp(argv[1], "nothing") == 0) return 0;
    while ((option = getopt(argc, argv, "r:")) == 'r') rounds = atoi(optarg);
    if (option != -1 || optind == argc || rounds < 2 || rounds > MOST_ROUNDS || rounds % 2)
        return 2;
    prepare();
    const long less = measure("nothing", nothing);
    for (int i = optind; i < argc; i++) {
        if (measure_named(argv[i], less)) return 2;
    }
    return 0;
}
