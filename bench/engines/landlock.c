// SPDX-License-Identifier: Apache-2.0
//
// landlock COUNT COMMAND...: the command under a Landlock ruleset of COUNT rules. Landlock only
// allows: one rule allows everything below /, which is all a measured process needs, and the others
// allow directories beside it, so that every open is decided as late as it can be.
#include <err.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// What version 1 of its ABI knows: bits 0 to 12.
static const unsigned long everything = (1 << 13) - 1;

static void allow(int ruleset, const char* path) {
    struct landlock_path_beneath_attr rule = {.allowed_access = everything};
    rule.parent_fd = open(path, O_RDONLY | O_CLOEXEC);
    if (rule.parent_fd < 0) err(1, "%s", path);
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
        err(1, "landlock_add_rule %s", path);
    close(rule.parent_fd);
}

int main(int argc, char** argv) {
    struct landlock_ruleset_attr handled = {.handled_access_fs = everything};
    char path[64];
    if (argc < 3) return 2;
    long ruleset = syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled), 0);
    if (ruleset < 0) err(1, "landlock_create_ruleset");
    allow((int)ruleset, "/");
    mkdir("/tmp/landlock", 0755);
    for (int i = 1; i < atoi(argv[1]); i++) {
        snprintf(path, sizeof(path), "/tmp/landlock/%d", i);
        mkdir(path, 0755);
        allow((int)ruleset, path);
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) err(1, "no_new_privs");
    if (syscall(SYS_landlock_restrict_self, ruleset, 0)) err(1, "landlock_restrict_self");
    execvp(argv[2], argv + 2);
    err(127, "%s", argv[2]);
}
