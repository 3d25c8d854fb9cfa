// SPDX-License-Identifier: Apache-2.0
//
// landlock [-c] COUNT COMMAND...: the command under a Landlock ruleset of COUNT rules. Landlock
// only allows: one rule allows everything below /, which is all a measured process needs, and the
// others allow directories beside it, so that every open is decided as late as it can be. With -c
// it is about calls too, as far as this kernel can: as many ports may be connected to, and no
// process outside may be signalled.
#include <err.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FIRST_PORT = 4711 };  // call_loop's

// Debian 12's header knows only the first of these.
struct ruleset {
    __u64 files, ports, scopes;
};
struct port {
    __u64 allowed, port;
};
enum { RULE_PORT = 2, CONNECT = 2, SIGNAL = 2, FROM_PORTS = 4, FROM_SCOPES = 6 };

// What version 1 of its ABI knows: bits 0 to 12.
static const unsigned long everything = (1 << 13) - 1;

static void add(int ruleset, int kind, const void* rule, const char* what) {
    if (syscall(SYS_landlock_add_rule, ruleset, kind, rule, 0))
        err(1, "landlock_add_rule %s", what);
}

static void allow(int ruleset, const char* path) {
    struct landlock_path_beneath_attr rule = {.allowed_access = everything};
    rule.parent_fd = open(path, O_RDONLY | O_CLOEXEC);
    if (rule.parent_fd < 0) err(1, "%s", path);
    add(ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, path);
    close(rule.parent_fd);
}

static int make_ruleset(int calls) {
    struct ruleset handled = {.files = everything};
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (calls && version >= FROM_PORTS) handled.ports = CONNECT;
    if (calls && version >= FROM_SCOPES) handled.scopes = SIGNAL;
    size_t size = handled.scopes ? 24 : handled.ports ? 16 : 8;
    long ruleset = syscall(SYS_landlock_create_ruleset, &handled, size, 0);
    if (ruleset < 0) err(1, "landlock_create_ruleset");
    return (int)ruleset;
}

static void allow_ports(int ruleset, int count) {
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < FROM_PORTS)
        return;
    for (int i = 0; i < count; i++) {
        struct port rule = {CONNECT, FIRST_PORT + (__u64)i};
        add(ruleset, RULE_PORT, &rule, "of a port");
    }
}

int main(int argc, char** argv) {
    char path[64];
    int calls = argc > 1 && strcmp(argv[1], "-c") == 0;
    argc -= calls;
    argv += calls;
    if (argc < 3) return 2;
    int ruleset = make_ruleset(calls);
    allow(ruleset, "/");
    mkdir("/tmp/landlock", 0755);
    for (int i = 1; i < atoi(argv[1]); i++) {
        snprintf(path, sizeof(path), "/tmp/landlock/%d", i);
        mkdir(path, 0755);
        allow(ruleset, path);
    }
    if (calls) allow_ports(ruleset, atoi(argv[1]));
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) err(1, "no_new_privs");
    if (syscall(SYS_landlock_restrict_self, ruleset, 0)) err(1, "landlock_restrict_self");
    execvp(argv[2], argv + 2);
    err(127, "%s", argv[2]);
}
