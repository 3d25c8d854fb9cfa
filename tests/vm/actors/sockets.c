// SPDX-License-Identifier: Apache-2.0
// Sockets. An ADDRESS is of IPv4 or of IPv6; a network of one's own has no route beyond itself, and
// what is allowed ends there in another errno than that of a rule.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "actor.h"

struct name {
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
        struct sockaddr_un un;
    };
    socklen_t size;
};

static int parse(char** arg, struct name* name) {
    memset(name, 0, sizeof(*name));
    if (inet_pton(AF_INET, arg[0], &name->in.sin_addr) == 1) {
        name->in.sin_family = AF_INET;
        name->in.sin_port = htons((uint16_t)atoi(arg[1]));
        name->size = sizeof(name->in);
        return 0;
    }
    if (inet_pton(AF_INET6, arg[0], &name->in6.sin6_addr) != 1) return -EDESTADDRREQ;
    name->in6.sin6_family = AF_INET6;
    name->in6.sin6_port = htons((uint16_t)atoi(arg[1]));
    name->size = sizeof(name->in6);
    return 0;
}

static struct name at_path(const char* path) {
    struct name name = {.un = {.sun_family = AF_UNIX}, .size = sizeof(name.un)};
    strncpy(name.un.sun_path, path, sizeof(name.un.sun_path) - 1);
    return name;
}

static int do_socket(char** arg, int flags) {
    (void)flags;
    return result(socket(atoi(arg[0]), atoi(arg[1]), atoi(arg[2])));
}

// A socket that is to have the address, of this type.
static int new_socket(char** arg, struct name* name, int type) {
    const int bad = parse(arg, name);
    return bad ? bad : result(socket(name->any.sa_family, type, 0));
}

static int do_bind(char** arg, int type) {
    struct name name;
    const int fd = new_socket(arg, &name, type);
    return fd < 0 ? fd : result(bind(fd, &name.any, name.size));
}

static int listening(char** arg) {
    struct name name;
    const int fd = new_socket(arg, &name, SOCK_STREAM);
    if (fd < 0) return fd;
    if (bind(fd, &name.any, name.size) < 0) return -EADDRINUSE;
    return listen(fd, 1) < 0 ? -errno : fd;
}
static int do_listen(char** arg, int flags) {
    (void)flags;
    return listening(arg);
}

// Of a descriptor that listens since before the policy came.
static int do_accept(char** arg, int flags) {
    const int fd = take(arg[0], flags);
    return fd < 0 ? fd : result(accept4(fd, NULL, NULL, SOCK_NONBLOCK));
}

static int do_connect(char** arg, int type) {
    struct name name;
    const int fd = new_socket(arg, &name, type);
    return fd < 0 ? fd : result(connect(fd, &name.any, name.size));
}

// To an address of IPv4, of no family, as the kernel takes it to sendto(2).
static int do_send(char** arg, int family) {
    struct name name;
    const int fd = new_socket(arg, &name, SOCK_DGRAM);
    if (fd < 0) return fd;
    if (family < 0) name.any.sa_family = AF_UNSPEC;
    return result(sendto(fd, "x", 1, 0, &name.any, name.size));
}

// Once connected, here or before the policy came, no call names the peer.
static int do_use(char** arg, int send_it) {
    char byte = 'x';
    const int fd = take(arg[0], 0);
    if (fd < 0) return fd;
    return result(send_it ? send(fd, &byte, 1, MSG_DONTWAIT) : recv(fd, &byte, 1, MSG_DONTWAIT));
}

static int do_fast_open(char** arg, int flags) {
    struct name name;
    const int fd = new_socket(arg, &name, SOCK_STREAM);
    return fd < 0 ? fd : result(sendto(fd, "x", 1, flags, &name.any, name.size));
}

static int do_unix(char** arg, int type) {
    const struct name name = at_path(arg[0]);
    const int fd = socket(AF_UNIX, type, 0);
    return fd < 0 ? -errno : result(connect(fd, &name.any, name.size));
}
static int do_bind_unix(char** arg, int type) {
    const struct name name = at_path(arg[0]);
    const int fd = socket(AF_UNIX, type, 0);
    return fd < 0 ? -errno : result(bind(fd, &name.any, name.size));
}
static int do_send_unix(char** arg, int flags) {
    const struct name name = at_path(arg[0]);
    const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    return fd < 0 ? -errno : result(sendto(fd, "x", 1, flags, &name.any, name.size));
}

static int do_connect_uring(char** arg, int sqe_flags) {
    struct name name;
    const int fd = new_socket(arg, &name, SOCK_STREAM);
    struct io_uring_sqe request = {.opcode = IORING_OP_CONNECT, .fd = fd};
    request.addr = (unsigned long)&name;
    request.off = name.size;
    return fd < 0 ? fd : submit_to_ring(&request, sqe_flags);
}

// Away from its first peer, to another one.
static int do_reconnect(char** arg, int type) {
    struct name name;
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    const int fd = new_socket(arg, &name, type);
    if (fd < 0) return fd;
    if (connect(fd, &name.any, name.size) < 0 || connect(fd, &nobody, sizeof(nobody)) < 0)
        return -EISCONN;
    if (parse(arg + 2, &name) < 0) return -EDESTADDRREQ;
    return result(connect(fd, &name.any, name.size));
}

const struct verb socket_verbs[] = {
    {"socket", "FAMILY TYPE PROTOCOL", 3, do_socket, 0},
    {"bind-tcp", "ADDRESS PORT", 2, do_bind, SOCK_STREAM},
    {"bind-udp", "ADDRESS PORT", 2, do_bind, SOCK_DGRAM},
    {"listen", "ADDRESS PORT", 2, do_listen, 0},
    {"accept", "FD", 1, do_accept, 0},
    {"connect-tcp", "ADDRESS PORT", 2, do_connect, SOCK_STREAM},
    {"connect-udp", "ADDRESS PORT", 2, do_connect, SOCK_DGRAM},
    {"connect-uring", "ADDRESS PORT", 2, do_connect_uring, 0},
    {"connect-uring-async", "ADDRESS PORT", 2, do_connect_uring, IOSQE_ASYNC},
    {"reconnect-udp", "ADDRESS PORT ADDRESS PORT", 4, do_reconnect, SOCK_DGRAM},
    {"send-to", "ADDRESS PORT", 2, do_send, 0},
    {"send-to-unspecified", "ADDRESS PORT", 2, do_send, -1},
    {"send-fast-open", "ADDRESS PORT", 2, do_fast_open, MSG_FASTOPEN},
    {"send", "FD", 1, do_use, 1},
    {"receive-from-peer", "FD", 1, do_use, 0},
    {"bind-unix", "PATH", 1, do_bind_unix, SOCK_STREAM},
    {"connect-unix", "PATH", 1, do_unix, SOCK_STREAM},
    {"connect-unix-datagram", "PATH", 1, do_unix, SOCK_DGRAM},
    {"send-unix", "PATH", 1, do_send_unix, 0},
    {0},
};
