// SPDX-License-Identifier: Apache-2.0
// Runs a command whose N-th question to BPF is refused: the kernel has no memory for it.
//
//   refuse N COMMAND...     says on stderr which one that was
//   refuse list COMMAND...  refuses none; says on stderr which there are, a line each
//
// A question is a call of bpf(2), told by its command's number (enum bpf_cmd), or of mmap(2) on a
// map. Exits as the command does, or with 2 when it puts fewer than N.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

#define FIELD(name) \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, name))

// Of this process and those to come. What is mapped and is no file is let through unasked, for the
// supervisor's own sake too.
static int listen_to_bpf(void) {
    struct sock_filter steps[] = {
        FIELD(nr),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 3),
        FIELD(args[4]),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)-1, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof(steps) / sizeof(steps[0]), steps};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                        &program);
}

static int is_question(const struct seccomp_notif* call) {
    char path[64], name[64] = "";
    if (call->data.nr == SYS_bpf) return 1;
    snprintf(path, sizeof(path), "/proc/%u/fd/%d", call->pid, (int)call->data.args[4]);
    return readlink(path, name, sizeof(name) - 1) > 0 && strcmp(name, "anon_inode:bpf-map") == 0;
}

static void say(const char* done, const struct seccomp_notif* call) {
    if (call->data.nr == SYS_bpf) {
        fprintf(stderr, "%s bpf %llu\n", done, call->data.args[0]);
    } else {
        fprintf(stderr, "%s mmap\n", done);
    }
}

static long asked;

// `wanted` is 0 when all are to be listed.
static void answer(int listener, long wanted) {
    struct seccomp_notif call = {0};
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0) return;  // it was killed meanwhile
    struct seccomp_notif_resp reply = {.id = call.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    if (is_question(&call)) {
        asked++;
        if (!wanted) say("asked", &call);
        if (wanted == asked) {
            say("refused", &call);
            reply.flags = 0;
            reply.error = -ENOMEM;
        }
    }
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
}

int main(int argc, char** argv) {
    pid_t child;
    int status;
    const long wanted = argc < 3 || strcmp(argv[1], "list") == 0 ? 0 : atol(argv[1]);
    if (argc < 3) return 2;
    const int listener = listen_to_bpf();
    if (listener < 0 || posix_spawnp(&child, argv[2], NULL, NULL, argv + 2, environ) != 0) {
        perror("refuse");
        return 2;
    }
    const int process = (int)syscall(SYS_pidfd_open, child, 0);
    struct pollfd events[] = {{listener, POLLIN, 0}, {process, POLLIN, 0}};
    while (poll(events, 2, -1) >= 0 && !events[1].revents)
        if (events[0].revents & POLLIN) answer(listener, wanted);
    if (waitpid(child, &status, 0) < 0 || asked < wanted) return 2;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
