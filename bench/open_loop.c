// SPDX-License-Identifier: Apache-2.0
//
// open_loop PATH...: nanoseconds that open() + close() of each path takes, the median of 11 batches
// of 200. Under QEMU's -icount shift=0 a virtual nanosecond is one instruction, whatever else the
// machine does.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BATCHES = 11, ROUNDS = 200 };

static long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static int by_value(const void* a, const void* b) {
    long left = *(const long*)a, right = *(const long*)b;
    return (left > right) - (left < right);
}

static long batch(const char* path) {
    long begin = now();
    for (int i = 0; i < ROUNDS; i++) {
        int fd = open(path, O_RDONLY);
        if (fd >= 0) close(fd);
    }
    return (now() - begin) / ROUNDS;
}

int main(int argc, char** argv) {
    for (int i = 1; i < argc; i++) {
        long took[BATCHES];
        batch(argv[i]);  // caches warm
        for (int b = 0; b < BATCHES; b++) took[b] = batch(argv[i]);
        qsort(took, BATCHES, sizeof(long), by_value);
        printf("%ld%s", took[BATCHES / 2], i + 1 < argc ? " " : "\n");
    }
    return 0;
}
