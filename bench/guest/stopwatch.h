/* SPDX-License-Identifier: Apache-2.0
 *
 * Single calls, timed one by one, and the median of them: an average would have the noise of work
 * that the kernel puts off and some other call pays for.
 */
#ifndef BAILIFF_BENCH_STOPWATCH_H
#define BAILIFF_BENCH_STOPWATCH_H

#include <stdlib.h>
#include <time.h>

enum { MOST_ROUNDS = 10000 };

static long took[MOST_ROUNDS];

// Nanoseconds, which under QEMU's -icount shift=0 are instructions. Not of the process alone: what
// asking for those costs changes with the state of the scheduler.
static long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static int by_value(const void* a, const void* b) {
    long left = *(const long*)a, right = *(const long*)b;
    return (left > right) - (left < right);
}

static long median(int rounds) {
    qsort(took, (size_t)rounds, sizeof(long), by_value);
    return took[rounds / 2];
}

#endif
