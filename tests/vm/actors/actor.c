// SPDX-License-Identifier: Apache-2.0
// One access per run, made the way its name says, so a case can ask for exactly that access.
// Prints `ok` or the name of the errno (EPERM, EACCES, ...) and exits 0 or 1; 2 means the case
// called it wrongly. A new access is a function of at most a few lines and a row in the table of
// its topic's file. A PATH|FD is a name, or `fd:N` for a descriptor that the actor finds open.
#define _GNU_SOURCE
#include "actor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int result(long rc) {
    return rc < 0 ? -errno : (int)rc;
}

int take(const char* what, int flags) {
    if (strncmp(what, "fd:", 3) == 0) return result(fcntl(atoi(what + 3), F_DUPFD_CLOEXEC, 10));
    return result(open(what, flags | O_CLOEXEC, 0644));
}

static const struct verb* const topics[] = {
    opening_verbs, descriptor_verbs, memory_verbs, exec_verbs,   name_verbs,   attribute_verbs,
    uring_verbs,   machine_verbs,    fuse_verbs,   socket_verbs, kernel_verbs, process_verbs};
#define TOPICS (sizeof(topics) / sizeof(topics[0]))

static const struct verb* find(const char* name) {
    for (size_t i = 0; i < TOPICS; i++)
        for (const struct verb* verb = topics[i]; verb->name; verb++)
            if (strcmp(verb->name, name) == 0) return verb;
    return NULL;
}

static int usage(void) {
    for (size_t i = 0; i < TOPICS; i++)
        for (const struct verb* verb = topics[i]; verb->name; verb++)
            fprintf(stderr, "actor %s %s\n", verb->name, verb->arguments);
    fputs("actor batch\n", stderr);
    return 2;
}

// ---- many at once ----

static int run_line(char* line) {
    char* words[8] = {0};
    int count = 0;
    for (char* word = strtok(line, " \n"); word && count < 7; word = strtok(NULL, " \n"))
        words[count++] = word;
    const struct verb* verb = count > 1 ? find(words[1]) : NULL;
    if (!verb || count - 2 < verb->count) return -EINVAL;
    return chdir(words[0]) < 0 ? -errno : verb->run(words + 2, verb->flags);
}

// Each line of the input is a directory, and a verb with its arguments: done there, by a child. The
// answers by lines; `killed` is one of them.
static int batch(void) {
    char line[512];
    while (fgets(line, sizeof(line), stdin)) {
        int status;
        fflush(stdout);
        const pid_t child = fork();
        if (child == 0) {
            const int got = run_line(line);
            _exit(got < 0 ? -got : 0);
        }
        if (waitpid(child, &status, 0) < 0) return 1;
        const int error = WEXITSTATUS(status);
        puts(WIFSIGNALED(status) ? "killed" : error ? strerrorname_np(error) : "ok");
    }
    return 0;
}

int main(int argc, char** argv) {
    if (argc == 2 && strcmp(argv[1], "batch") == 0) return batch();
    const struct verb* verb = argc > 1 ? find(argv[1]) : NULL;
    if (!verb || argc - 2 < verb->count) return usage();
    const int got = verb->run(argv + 2, verb->flags);
    puts(got < 0 ? strerrorname_np(-got) : "ok");
    return got < 0;
}
