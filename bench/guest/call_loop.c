// SPDX-License-Identifier: Apache-2.0
//
// call_loop [-r ROUNDS] OPERATION...: what calls take that are not about files (loop.h); in the
// working directory, as root. What answers them does so while nothing is timed.
//
//   connect+close   to a listening socket of 127.0.0.1
//   udp-send        to a socket of 127.0.0.1, by a socket that is not connected
//   unix-connect    connect and close, to a listening unix socket with a path
//   fork+exec+wait  of a program that ends at once: this one, as `nothing`
//   kill0           is there such a process? Another one, that waits
//   ptrace          attach to it
//   mount+umount    of a tmpfs
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "loop.h"

enum { PORT = 4711 };

static const char* self;
static int tcp, udp, un, sender, made;
static pid_t other;
static struct sockaddr_in inet_at;
static struct sockaddr_un unix_at = {.sun_family = AF_UNIX, .sun_path = "socket"};

static int make_stream(int family) {
    return (made = socket(family, SOCK_STREAM, 0)) < 0;
}

static int connect_made_to(const void* at, socklen_t length) {
    return connect(made, at, length) || close(made);
}

static int take_from(int listening) {
    int taken = accept(listening, NULL, NULL);
    return taken < 0 || close(taken);
}

static int make_tcp(void) {
    return make_stream(AF_INET);
}

static int connect_and_close(int round) {
    (void)round;
    return connect_made_to(&inet_at, sizeof(inet_at));
}

static int take_tcp(void) {
    return take_from(tcp);
}

static int send_datagram(int round) {
    (void)round;
    return sendto(sender, "x", 1, 0, (void*)&inet_at, sizeof(inet_at)) != 1;
}

static int take_datagram(void) {
    char byte;
    return recv(udp, &byte, 1, 0) != 1;
}

static int make_unix(void) {
    return make_stream(AF_UNIX);
}

static int connect_unix(int round) {
    (void)round;
    return connect_made_to(&unix_at, sizeof(unix_at));
}

static int take_unix(void) {
    return take_from(un);
}

static int execute(int round) {
    int status;
    (void)round;
    pid_t child = fork();
    if (child < 0) return 1;
    if (child == 0) {
        execl(self, self, "nothing", (char*)NULL);
        _exit(1);
    }
    return waitpid(child, &status, 0) < 0 || status;
}

static int ask_whether_there(int round) {
    (void)round;
    return kill(other, 0);
}

static int attach(int round) {
    (void)round;
    return ptrace(PTRACE_ATTACH, other, NULL, NULL) != 0;
}

static int detach(void) {
    int status;
    return waitpid(other, &status, __WALL) < 0 || ptrace(PTRACE_DETACH, other, NULL, NULL) != 0;
}

static int mount_and_umount(int round) {
    (void)round;
    return mount("none", "place", "tmpfs", 0, NULL) || umount2("place", 0);
}

static const struct operation operations[] = {
    {"connect+close", connect_and_close, make_tcp, take_tcp},
    {"udp-send", send_datagram, NULL, take_datagram},
    {"unix-connect", connect_unix, make_unix, take_unix},
    {"fork+exec+wait", execute, NULL, NULL},
    {"kill0", ask_whether_there, NULL, NULL},
    {"ptrace", attach, NULL, detach},
    {"mount+umount", mount_and_umount, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

static int bound(int family, int type, const void* address, socklen_t size) {
    int fd = socket(family, type | SOCK_CLOEXEC, 0), one = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
        bind(fd, address, size) || (type == SOCK_STREAM && listen(fd, 16)))
        err(1, "a socket of family %d", family);
    return fd;
}

static void prepare(void) {
    inet_at.sin_family = AF_INET;
    inet_at.sin_port = htons(PORT);
    inet_at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    tcp = bound(AF_INET, SOCK_STREAM, &inet_at, sizeof(inet_at));
    udp = bound(AF_INET, SOCK_DGRAM, &inet_at, sizeof(inet_at));
    sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (sender < 0) err(1, "socket");
    unlink(unix_at.sun_path);
    un = bound(AF_UNIX, SOCK_STREAM, &unix_at, sizeof(unix_at));
    mkdir("place", 0755);
    other = fork();
    if (other < 0) err(1, "fork");
    if (other == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) pause();
    }
}

int main(int argc, char** argv) {
    self = argv[0];
    return measure_all(argc, argv, operations, prepare);
}
