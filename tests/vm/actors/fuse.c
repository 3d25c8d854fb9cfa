// SPDX-License-Identifier: Apache-2.0
// A file system that moves a directory by itself, as network file systems do when somebody else
// renamed it: no rename is called here, and no hook of it asks.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "actor.h"

// The root holds one directory, called `one` or `two`, with the file `f`, and that file under each
// name that is longer than names are elsewhere; and `program`, which is this one. Nothing may be
// kept: the kernel asks again at each step of a path.
enum { ROOT = FUSE_ROOT_ID, DIRECTORY, FILE_IN_IT, PROGRAM };

static const char own[] = "/proc/self/exe";

struct server {
    int fd;
    int is_two;  // turned over whenever `turn` is looked up
};

union request {
    char bytes[65536];
    struct fuse_in_header head;
};

static void answer(const struct server* server, const union request* request, int error,
                   const void* data, size_t size) {
    struct fuse_out_header head = {
        .len = (unsigned)(sizeof(head) + size), .error = -error, .unique = request->head.unique};
    const struct iovec parts[] = {{&head, sizeof(head)}, {(void*)data, size}};
    if (writev(server->fd, parts, 2) < 0 && errno != ENOENT) _exit(1);
}

static struct fuse_attr about_program(void) {
    struct stat info = {0};
    stat(own, &info);
    return (struct fuse_attr){.ino = PROGRAM,
                              .mode = S_IFREG | 0755,
                              .nlink = 1,
                              .size = (uint64_t)info.st_size,
                              .blksize = 4096};
}

static struct fuse_attr about(uint64_t node) {
    if (node == PROGRAM) return about_program();
    return (struct fuse_attr){.ino = node,
                              .mode = node == FILE_IN_IT ? S_IFREG | 0644 : S_IFDIR | 0755,
                              .nlink = node == FILE_IN_IT ? 1 : 2,
                              .size = node == FILE_IN_IT ? 1 : 0,
                              .blksize = 4096};
}

static uint64_t find(struct server* server, uint64_t in, const char* name) {
    if (in == ROOT && strcmp(name, "turn") == 0) server->is_two = !server->is_two;
    if (in == ROOT && strcmp(name, server->is_two ? "two" : "one") == 0) return DIRECTORY;
    if (in == ROOT && strlen(name) > NAME_MAX) return FILE_IN_IT;
    if (in == ROOT && strcmp(name, "program") == 0) return PROGRAM;
    return in == DIRECTORY && strcmp(name, "f") == 0 ? FILE_IN_IT : 0;
}

static void serve_lookup(struct server* server, const union request* request) {
    const uint64_t node =
        find(server, request->head.nodeid, request->bytes + sizeof(struct fuse_in_header));
    const struct fuse_entry_out entry = {.nodeid = node, .attr = about(node)};
    answer(server, request, node ? 0 : ENOENT, &entry, node ? sizeof(entry) : 0);
}

static void serve_read(const struct server* server, const union request* request) {
    static char bytes[1 << 17];  // the kernel asks for no more at once
    const struct fuse_read_in* wanted =
        (const void*)(request->bytes + sizeof(struct fuse_in_header));
    if (request->head.nodeid != PROGRAM) return answer(server, request, 0, "x", 1);
    const int file = open(own, O_RDONLY | O_CLOEXEC);
    const size_t room = wanted->size < sizeof(bytes) ? wanted->size : sizeof(bytes);
    const ssize_t size = pread(file, bytes, room, (off_t)wanted->offset);
    close(file);
    answer(server, request, size < 0 ? EIO : 0, bytes, size < 0 ? 0 : (size_t)size);
}

static void serve(struct server* server, const union request* request) {
    const struct fuse_init_out init = {
        .major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096};
    const struct fuse_attr_out attributes = {.attr = about(request->head.nodeid)};
    const struct fuse_open_out opened = {0};
    switch (request->head.opcode) {
        case FUSE_INIT:
            return answer(server, request, 0, &init, sizeof(init));
        case FUSE_LOOKUP:
            return serve_lookup(server, request);
        case FUSE_GETATTR:
            return answer(server, request, 0, &attributes, sizeof(attributes));
        case FUSE_OPEN:
        case FUSE_OPENDIR:
            return answer(server, request, 0, &opened, sizeof(opened));
        case FUSE_READ:
            return serve_read(server, request);
        case FUSE_RELEASE:
        case FUSE_RELEASEDIR:
            return answer(server, request, 0, NULL, 0);
        case FUSE_FORGET:
        case FUSE_BATCH_FORGET:
        case FUSE_INTERRUPT:
            return;  // nobody waits for an answer
        default:
            return answer(server, request, ENOSYS, NULL, 0);
    }
}

// Mounts it, and serves it from a child until it is unmounted.
static int do_moving_fs(char** arg, int flags) {
    (void)flags;
    static union request request;
    char options[80];
    struct server server = {.fd = open("/dev/fuse", O_RDWR | O_CLOEXEC)};
    if (server.fd < 0) return -errno;
    snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
             server.fd);
    if (mount("moving", arg[0], "fuse", 0, options) != 0) return -errno;
    const pid_t child = fork();
    if (child != 0) return child < 0 ? -errno : 0;
    while (read(server.fd, &request, sizeof(request)) > 0 || errno == EINTR)
        serve(&server, &request);
    _exit(0);
}

const struct verb fuse_verbs[] = {
    {"moving-fs", "DIR", 1, do_moving_fs, 0},
    {0},
};
