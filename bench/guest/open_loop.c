// SPDX-License-Identifier: Apache-2.0
//
// What open() + close() takes, in nanoseconds of this process, which under QEMU's -icount shift=0
// are instructions: the median of opens that are timed one by one, less what timing nothing takes.
// (On kernels before 6.7 a closed file is freed later, in a soft interrupt that some other open
// pays for: an average would have its noise.) An open that fails ends the measurement: exit 1.
//
//   open_loop warm PATH...          each path again and again; one number a path
//   open_loop rename A B PATH       directory A is renamed to B, or back, before each open
//   open_loop move A B PATH         the mount at A is moved to B, or back, before each open
//   open_loop first DIRECTORY       DIRECTORY/0/file, DIRECTORY/1/file, …: each opened once, ever
//   open_loop tree DIRECTORY        makes what `first` opens
//
//   -r ROUNDS  opens (2000); an even number, so that what was renamed ends where it began
//   -d DEPTH   first makes and enters that many directories called `d`, so that paths are relative
//              to the deepest
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stopwatch.h"

static int rounds = 2000;

// NULL: no open, so that the clock itself is timed.
static void open_once(const char* path) {
    if (!path) return;
    int fd = open(path, O_RDONLY);
    if (fd < 0) err(1, "%s", path);
    close(fd);
}

static long time_open(const char* path) {
    long begin = now();
    open_once(path);
    return now() - begin;
}

// What happens before each open, there and back again.
struct disturbance {
    int (*change)(const char* from, const char* to);
    const char* place[2];
};

static int move_mount_at(const char* from, const char* to) {
    return mount(from, to, NULL, MS_MOVE, NULL);
}

static void disturb(const struct disturbance* d, int round) {
    if (d->change && d->change(d->place[round & 1], d->place[~round & 1]))
        err(1, "%s, %s", d->place[0], d->place[1]);
}

// In twice as many rounds, of which the first half warms caches.
static long measure(const struct disturbance* d, const char* path) {
    for (int i = 0; i < 2 * rounds; i++) {
        disturb(d, i);
        took[i % rounds] = time_open(path);
    }
    return median(rounds);
}

static const char* numbered(const char* directory, int number, const char* file) {
    static char path[4096];
    snprintf(path, sizeof(path), "%s/%d%s", directory, number, file);
    return path;
}

static void make_tree(const char* directory) {
    for (int i = 0; i < rounds; i++) {
        if (mkdir(numbered(directory, i, ""), 0755)) err(1, "%s", directory);
        int fd = open(numbered(directory, i, "/file"), O_CREAT | O_WRONLY, 0644);
        if (fd < 0) err(1, "%s", directory);
        close(fd);
    }
}

// A path is looked up by stat() before it is opened, which asks no open hook: names are cached, and
// only the engine is new to the directory.
static long first_opens(const char* directory) {
    struct stat st;
    for (int i = 0; i < rounds; i++) {
        const char* path = numbered(directory, i, "/file");
        if (stat(path, &st)) err(1, "%s", path);
        took[i] = time_open(path);
    }
    return median(rounds);
}

static void descend(int depth) {
    for (int i = 0; i < depth; i++) {
        if ((mkdir("d", 0755) && errno != EEXIST) || chdir("d")) err(1, "%d deep", i);
    }
    int fd = open("file", O_CREAT | O_RDONLY, 0644);
    if (fd < 0) err(1, "%d deep: file", depth);
    close(fd);
}

static int run(const char* mode, int count, char** arguments) {
    struct disturbance d = {0};
    const long nothing = measure(&d, NULL);
    if (strcmp(mode, "warm") == 0) {
        for (int i = 0; i < count; i++)
            printf("%ld%s", measure(&d, arguments[i]) - nothing, i + 1 < count ? " " : "\n");
    } else if ((strcmp(mode, "rename") == 0 || strcmp(mode, "move") == 0) && count == 3) {
        d.change = strcmp(mode, "rename") == 0 ? rename : move_mount_at;
        d.place[0] = arguments[0];
        d.place[1] = arguments[1];
        printf("%ld\n", measure(&d, arguments[2]) - nothing);
    } else if (strcmp(mode, "first") == 0 && count == 1) {
        printf("%ld\n", first_opens(arguments[0]) - nothing);
    } else if (strcmp(mode, "tree") == 0 && count == 1) {
        make_tree(arguments[0]);
    } else {
        return 2;
    }
    return 0;
}

int main(int argc, char** argv) {
    int option;
    while ((option = getopt(argc, argv, "r:d:")) != -1) {
        if (option == 'r')
            rounds = atoi(optarg);
        else if (option == 'd')
            descend(atoi(optarg));
        else
            return 2;
    }
    if (rounds < 2 || rounds % 2 || rounds > MOST_ROUNDS)
        errx(2, "-r: an even number up to %d", MOST_ROUNDS);
    return optind < argc ? run(argv[optind], argc - optind - 1, argv + optind + 1) : 2;
}
