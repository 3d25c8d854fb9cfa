// SPDX-License-Identifier: Apache-2.0
//
// spent COMMAND...: runs it with its output thrown away and prints three numbers: nanoseconds of
// processor time, of the kernel for it too, which under QEMU's -icount shift=0 are instructions;
// nanoseconds that passed, which includes what it waited for; the most memory that it had at once,
// in bytes. (A process's peak begins with what its parent had: so the parent must be a small one.)
// Exits as the command did.
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long elapsed(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static long nanoseconds(struct timeval t) {
    return t.tv_sec * 1000000000L + t.tv_usec * 1000L;
}

int main(int argc, char** argv) {
    struct rusage used;
    int status;
    if (argc < 2) return 2;
    long begin = elapsed();
    pid_t child = fork();
    if (child < 0) err(1, "fork");
    if (child == 0) {
        dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
        execvp(argv[1], argv + 1);
        err(127, "%s", argv[1]);
    }
    if (wait4(child, &status, 0, &used) < 0) err(1, "wait");
    long passed = elapsed() - begin;
    printf("%ld %ld %ld\n", nanoseconds(used.ru_utime) + nanoseconds(used.ru_stime), passed,
           used.ru_maxrss * 1024L);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
