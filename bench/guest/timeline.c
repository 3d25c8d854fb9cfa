// SPDX-License-Identifier: Apache-2.0
//
// timeline COMMAND...: runs a command that publishes an image, its output thrown away, and prints
// four numbers: the processor time in nanoseconds, which under QEMU's -icount shift=0 are
// instructions, that it spent
//   until its first bpf() call,
//   from there until it asked for the largest of the maps that it makes: the image,
//   from there until the image was put into another map: published,
//   and from there until it ended.
// Knows nothing of the command but these calls, which it watches with ptrace(). The stops cost a
// few thousand instructions each.
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long first_call, asked, published;  // 0: not yet
static unsigned long largest;
static long image = -1;  // its descriptor, there

static long spent_by(pid_t pid) {
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t)) err(1, "clock of %d", pid);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

// What a pointer there points to, zeros where nothing is.
static long peek(pid_t pid, unsigned long address) {
    errno = 0;
    long word = ptrace(PTRACE_PEEKDATA, pid, (void*)address, NULL);
    return errno ? 0 : word;
}

static unsigned int peek32(pid_t pid, unsigned long address) {
    return (unsigned int)peek(pid, address);
}

// union bpf_attr of BPF_MAP_CREATE: map_type, key_size, value_size, max_entries
static unsigned long map_size(pid_t pid, unsigned long attr) {
    return (unsigned long)peek32(pid, attr + 8) * peek32(pid, attr + 12);
}

// A call that begins: the largest map so far may be the image.
static int begins_image(pid_t pid, const struct user_regs_struct* regs) {
    if (regs->rdi != BPF_MAP_CREATE || map_size(pid, regs->rsi) < largest) return 0;
    largest = map_size(pid, regs->rsi);
    asked = spent_by(pid);
    published = 0;
    return 1;
}

// A call that ended: BPF_MAP_UPDATE_ELEM has map_fd, then at 8 the key's address, at 16 the
// value's.
static void look_for_swap(pid_t pid, const struct user_regs_struct* regs) {
    if (regs->rdi != BPF_MAP_UPDATE_ELEM || image < 0 || published || regs->rax != 0) return;
    unsigned long value = (unsigned long)peek(pid, regs->rsi + 16);
    if (peek32(pid, value) == (unsigned int)image) published = spent_by(pid);
}

static void at_call(pid_t pid) {
    static int inside, creating;
    struct user_regs_struct regs;
    inside = !inside;
    if (ptrace(PTRACE_GETREGS, pid, NULL, &regs)) err(1, "registers");
    if (regs.orig_rax != SYS_bpf) return;
    if (inside) {
        if (!first_call) first_call = spent_by(pid);
        creating = begins_image(pid, &regs);
    } else if (creating) {
        image = (long)regs.rax;
    } else {
        look_for_swap(pid, &regs);
    }
}

static void start(char** argv) {
    int nothing = open("/dev/null", O_WRONLY);
    dup2(nothing, STDOUT_FILENO);
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    raise(SIGSTOP);
    execvp(argv[0], argv);
    err(127, "%s", argv[0]);
}

int main(int argc, char** argv) {
    int status, deliver = 0;
    long last = 0;
    if (argc < 2) return 2;
    pid_t child = fork();
    if (child < 0) err(1, "fork");
    if (child == 0) start(argv + 1);
    waitpid(child, &status, 0);
    ptrace(PTRACE_SETOPTIONS, child, NULL,
           PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL);
    while (ptrace(PTRACE_SYSCALL, child, NULL, deliver) == 0 && waitpid(child, &status, 0) > 0 &&
           WIFSTOPPED(status)) {
        int signal = WSTOPSIG(status), event = status >> 16;
        deliver = signal == (SIGTRAP | 0x80) || signal == SIGTRAP ? 0 : signal;
        if (signal == (SIGTRAP | 0x80)) at_call(child);
        if (event == PTRACE_EVENT_EXIT) last = spent_by(child);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status)) errx(1, "%s failed", argv[1]);
    if (!published) errx(1, "%s published no image", argv[1]);
    printf("%ld %ld %ld %ld\n", first_call, asked - first_call, published - asked,
           last - published);
    return 0;
}
