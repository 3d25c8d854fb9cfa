// SPDX-License-Identifier: Apache-2.0
//
// operation_loop [-r ROUNDS] OPERATION...: what each takes in the working directory (loop.h). What
// an operation needs is made before, and the kernel is asked for nothing else while it is timed.
//
//   create+unlink  rename  link+unlink  mkdir+rmdir  stat  read  write  mmap-exec  exec
//
// `exec` is a program that ends at once, with its fork and wait: this one, as `nothing`.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "loop.h"

static int opened = -1;
static const char* self;

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

static const struct operation operations[] = {
    {.name = "create+unlink", .once = create_and_unlink},
    {.name = "rename", .once = rename_back_and_forth},
    {.name = "link+unlink", .once = link_and_unlink},
    {.name = "mkdir+rmdir", .once = make_and_remove},
    {.name = "stat", .once = ask},
    {.name = "read", .once = read_byte},
    {.name = "write", .once = write_byte},
    {.name = "mmap-exec", .once = map_executable},
    {.name = "exec", .once = execute},
    {.name = NULL},
};

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

int main(int argc, char** argv) {
    self = argv[0];
    return measure_all(argc, argv, operations, prepare);
}
