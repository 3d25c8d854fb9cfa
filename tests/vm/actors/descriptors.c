// SPDX-License-Identifier: Apache-2.0
// Using what is open: read, written, copied, passed on.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "actor.h"

static int do_read(char** arg, int flags) {
    char byte;
    const int fd = take(arg[0], flags);
    return fd < 0 ? fd : result(read(fd, &byte, 1));
}

static int do_write(char** arg, int flags) {
    const int fd = take(arg[0], flags);
    return fd < 0 ? fd : result(write(fd, "x", 1));
}

static int do_list(char** arg, int flags) {
    char entries[1024];
    const int fd = take(arg[0], flags);
    return fd < 0 ? fd : result(syscall(SYS_getdents64, fd, entries, sizeof(entries)));
}

// ---- from one file to another, without passing through us ----

static int by_sendfile(int from, int to) {
    return result(sendfile(to, from, NULL, 1));
}

static int by_copy_range(int from, int to) {
    return result(copy_file_range(from, NULL, to, NULL, 1, 0));
}

static int by_splice(int from, int to) {
    int ends[2];
    if (pipe(ends) < 0 || splice(from, NULL, ends[1], NULL, 1, 0) < 0) return -errno;
    return result(splice(ends[0], NULL, to, NULL, 1, 0));
}

static int copy(char** arg, int (*by)(int from, int to)) {
    const int from = take(arg[0], O_RDONLY), to = take(arg[1], O_WRONLY | O_CREAT);
    return from < 0 ? from : to < 0 ? to : by(from, to);
}

static int do_sendfile(char** arg, int flags) {
    (void)flags;
    return copy(arg, by_sendfile);
}
static int do_copy_range(char** arg, int flags) {
    (void)flags;
    return copy(arg, by_copy_range);
}
static int do_splice(char** arg, int flags) {
    (void)flags;
    return copy(arg, by_splice);
}

// ---- passed on ----

// By a message. The kernel tells nobody why a descriptor was not delivered: ENOMSG.
static int do_receive(char** arg, int flags) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    char byte = 0;
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof(control)};
    int pair[2];
    const int fd = take(arg[0], flags);
    if (fd < 0) return fd;
    control.header = (struct cmsghdr){
        .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(fd))};
    memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || sendmsg(pair[0], &message, 0) < 0)
        return -errno;
    memset(&control, 0, sizeof(control));
    if (recvmsg(pair[1], &message, 0) < 0) return -errno;
    const struct cmsghdr* got = CMSG_FIRSTHDR(&message);
    return got && got->cmsg_type == SCM_RIGHTS ? 0 : -ENOMSG;
}

static int do_pidfd_getfd(char** arg, int flags) {
    const int fd = take(arg[0], flags);
    const int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (fd < 0) return fd;
    return self < 0 ? -errno : result(syscall(SYS_pidfd_getfd, self, fd, 0));
}

// Opens PATH as descriptor 3 for a child that runs the rest of the arguments. EIO: the child
// failed.
static int do_open_fork_exec(char** arg, int flags) {
    const int fd = open(arg[0], flags);
    if (fd < 0 || dup2(fd, 3) < 0) return -errno;
    const pid_t child = fork();
    if (child == 0) {
        execvp(arg[1], arg + 1);
        _exit(127);
    }
    int status;
    return waitpid(child, &status, 0) < 0 ? -errno : status == 0 ? 0 : -EIO;
}

// Opens PATH, says `holding`, waits for someone to write to the FIFO, then reads.
static int do_hold_read(char** arg, int flags) {
    char byte;
    const int fd = open(arg[0], flags);
    if (fd < 0) return -errno;
    puts("holding");
    fflush(stdout);
    const int fifo = open(arg[1], O_RDONLY);
    if (fifo < 0 || read(fifo, &byte, 1) < 0) return -errno;
    return result(read(fd, &byte, 1));
}

const struct verb descriptor_verbs[] = {
    {"read", "PATH|FD", 1, do_read, O_RDONLY},
    {"write", "PATH|FD", 1, do_write, O_WRONLY},
    {"append", "PATH|FD", 1, do_write, O_WRONLY | O_APPEND},
    {"list", "DIR|FD", 1, do_list, O_RDONLY | O_DIRECTORY},
    {"sendfile", "PATH|FD PATH|FD", 2, do_sendfile, 0},
    {"splice", "PATH|FD PATH|FD", 2, do_splice, 0},
    {"copy-range", "PATH|FD PATH|FD", 2, do_copy_range, 0},
    {"receive", "PATH|FD", 1, do_receive, O_RDONLY},
    {"receive-write", "PATH|FD", 1, do_receive, O_WRONLY},
    {"pidfd-getfd", "PATH|FD", 1, do_pidfd_getfd, O_RDONLY},
    {"pidfd-getfd-write", "PATH|FD", 1, do_pidfd_getfd, O_WRONLY},
    {"open-fork-exec", "PATH PROGRAM", 2, do_open_fork_exec, O_RDONLY},
    {"hold-read", "PATH FIFO", 2, do_hold_read, O_RDONLY},
    {0},
};
