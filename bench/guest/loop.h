/* SPDX-License-Identifier: Apache-2.0
 *
 * The main() of programs that time operations: PROGRAM [-r ROUNDS] OPERATION... prints what each
 * takes, one number each, in nanoseconds, which under QEMU's -icount shift=0 are instructions: the
 * median, less what timing nothing takes. One that fails ends the measurement: exit 1.
 */
#ifndef BAILIFF_BENCH_LOOP_H
#define BAILIFF_BENCH_LOOP_H

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stopwatch.h"

/* Each returns 0 where it went well. What is done `before` and `after` is not timed. */
struct operation {
    const char* name;
    int (*once)(int round);
    int (*before)(void);
    int (*after)(void);
};

static int rounds = 500;

static int nothing(int round) {
    (void)round;
    return 0;
}

// In twice as many rounds, of which the first half warms caches.
static long measure(const struct operation* operation) {
    for (int i = 0; i < 2 * rounds; i++) {
        if (operation->before && operation->before()) err(1, "before %s", operation->name);
        long begin = now();
        if (operation->once(i)) err(1, "%s", operation->name);
        took[i % rounds] = now() - begin;
        if (operation->after && operation->after()) err(1, "after %s", operation->name);
    }
    return median(rounds);
}

static int measure_named(const struct operation* operations, const char* name, long less) {
    for (; operations->name; operations++) {
        if (strcmp(operations->name, name) != 0) continue;
        printf("%ld\n", measure(operations) - less);
        return 0;
    }
    return 2;
}

/* `operations` end with one that has no name; `prepare` makes what they need. */
static int measure_all(int argc, char** argv, const struct operation* operations,
                       void (*prepare)(void)) {
    const struct operation idle = {"nothing", nothing, NULL, NULL};
    int option;
    if (argc == 2 && strcmp(argv[1], "nothing") == 0) return 0;
    while ((option = getopt(argc, argv, "r:")) == 'r') rounds = atoi(optarg);
    if (option != -1 || optind == argc || rounds < 2 || rounds > MOST_ROUNDS || rounds % 2)
        return 2;
    prepare();
    const long less = measure(&idle);
    for (int i = optind; i < argc; i++) {
        if (measure_named(operations, argv[i], less)) return 2;
    }
    return 0;
}

#endif
