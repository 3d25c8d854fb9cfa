// SPDX-License-Identifier: Apache-2.0
// Through io_uring, which acts on the caller's behalf; with IOSQE_ASYNC in a kernel worker.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "actor.h"

// One request at a time.
struct ring {
    int fd;
    unsigned asked, answered;
    struct io_uring_params p;
    char* memory;
    struct io_uring_sqe* sqe;
};

static int open_ring(struct ring* ring) {
    struct io_uring_params* p = &ring->p;
    ring->fd = (int)syscall(SYS_io_uring_setup, 1, p);
    if (ring->fd < 0) return -errno;
    const size_t size =
        p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe) + p->sq_off.array + 4096;
    ring->memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd,
                        IORING_OFF_SQ_RING);
    ring->sqe = mmap(NULL, sizeof(*ring->sqe), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                     ring->fd, IORING_OFF_SQES);
    return ring->memory == MAP_FAILED || ring->sqe == MAP_FAILED ||
                   !(p->features & IORING_FEAT_SINGLE_MMAP)
               ? -ENOSYS
               : 0;
}

static unsigned* field(const struct ring* ring, unsigned offset) {
    return (unsigned*)(ring->memory + offset);
}

static int next_answer(struct ring* ring) {
    const struct io_uring_cqe* answers =
        (const struct io_uring_cqe*)(ring->memory + ring->p.cq_off.cqes);
    const int answer = answers[ring->answered++ % ring->p.cq_entries].res;
    __atomic_store_n(field(ring, ring->p.cq_off.head), ring->answered, __ATOMIC_RELEASE);
    return answer;
}

static int ask(struct ring* ring, struct io_uring_sqe request) {
    *ring->sqe = request;
    *field(ring, ring->p.sq_off.array) = 0;
    __atomic_store_n(field(ring, ring->p.sq_off.tail), ++ring->asked, __ATOMIC_RELEASE);
    const unsigned flags = IORING_ENTER_GETEVENTS | IORING_ENTER_SQ_WAKEUP;
    if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, flags, NULL, 0) < 0) return -errno;
    return next_answer(ring);
}

// POLLED: a thread of the kernel takes requests, without a call.
#define POLLED (IORING_SETUP_SQPOLL << 8)

static int submit(struct io_uring_sqe request, int sqe_flags) {
    struct ring ring = {.p = {.flags = (unsigned)sqe_flags >> 8, .sq_thread_idle = 1000}};
    const int ready = open_ring(&ring);
    request.flags = (unsigned char)(sqe_flags & 0xff);
    return ready < 0 ? ready : ask(&ring, request);
}

int submit_to_ring(const struct io_uring_sqe* request, int sqe_flags) {
    return submit(*request, sqe_flags);
}

static struct io_uring_sqe about(unsigned char opcode, const char* path) {
    return (struct io_uring_sqe){.opcode = opcode, .fd = AT_FDCWD, .addr = (unsigned long)path};
}

// From one name to another, both relative to where we are.
static struct io_uring_sqe about_two(unsigned char opcode, char** arg) {
    struct io_uring_sqe request = about(opcode, arg[0]);
    request.len = (unsigned)AT_FDCWD;
    request.addr2 = (unsigned long)arg[1];
    return request;
}

static int do_open(char** arg, int sqe_flags) {
    return submit(about(IORING_OP_OPENAT, arg[0]), sqe_flags);
}
static int do_unlink(char** arg, int sqe_flags) {
    return submit(about(IORING_OP_UNLINKAT, arg[0]), sqe_flags);
}
static int do_mkdir(char** arg, int sqe_flags) {
    struct io_uring_sqe request = about(IORING_OP_MKDIRAT, arg[0]);
    request.len = 0755;
    return submit(request, sqe_flags);
}
static int do_rename(char** arg, int sqe_flags) {
    return submit(about_two(IORING_OP_RENAMEAT, arg), sqe_flags);
}
static int do_link(char** arg, int sqe_flags) {
    return submit(about_two(IORING_OP_LINKAT, arg), sqe_flags);
}
static int do_symlink(char** arg, int sqe_flags) {
    struct io_uring_sqe request = about(IORING_OP_SYMLINKAT, arg[0]);
    request.addr2 = (unsigned long)arg[1];
    return submit(request, sqe_flags);
}
static int do_statx(char** arg, int sqe_flags) {
    struct statx st;
    struct io_uring_sqe request = about(IORING_OP_STATX, arg[0]);
    request.len = STATX_BASIC_STATS;
    request.addr2 = (unsigned long)&st;
    return submit(request, sqe_flags);
}

static int transfer(const char* what, int flags, unsigned char opcode, int sqe_flags) {
    char byte = 'x';
    struct io_uring_sqe request = about(opcode, &byte);
    request.fd = take(what, flags);
    request.len = 1;
    return request.fd < 0 ? request.fd : submit(request, sqe_flags);
}
static int do_read(char** arg, int sqe_flags) {
    return transfer(arg[0], O_RDONLY, IORING_OP_READ, sqe_flags);
}
static int do_write(char** arg, int sqe_flags) {
    return transfer(arg[0], O_WRONLY, IORING_OP_WRITE, sqe_flags);
}
static int do_fallocate(char** arg, int sqe_flags) {
    struct io_uring_sqe request = {.opcode = IORING_OP_FALLOCATE,
                                   .fd = take(arg[0], O_WRONLY),
                                   .addr = 4096,
                                   .len = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE};
    return request.fd < 0 ? request.fd : submit(request, sqe_flags);
}

// A command for the driver, here one of no meaning.
static int do_command(char** arg, int sqe_flags) {
    const struct io_uring_sqe request = {.opcode = IORING_OP_URING_CMD,
                                         .fd = take(arg[0], O_RDONLY)};
    return request.fd < 0 ? request.fd : submit(request, sqe_flags);
}

// ---- from ring to ring: the one way to pass a descriptor that no hook sees ----

static int register_file(const struct ring* ring, int fd) {
    return result(syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_FILES, &fd, 1));
}

static int do_pass(char** arg, int flags) {
    struct ring from = {0}, to = {0};
    char byte;
    const int fd = take(arg[0], flags);
    if (fd < 0) return fd;
    if (open_ring(&from) < 0 || open_ring(&to) < 0 || register_file(&from, fd) < 0 ||
        register_file(&to, -1) < 0)
        return -ENOSYS;
    struct io_uring_sqe pass = {.opcode = IORING_OP_MSG_RING, .fd = to.fd, .file_index = 1};
    pass.addr = IORING_MSG_SEND_FD;
    const int passed = ask(&from, pass);
    if (passed < 0) return passed;
    next_answer(&to);  // tells of the arrival
    struct io_uring_sqe read = about(IORING_OP_READ, &byte);
    read.flags = IOSQE_FIXED_FILE;
    read.fd = 0;
    read.len = 1;
    return ask(&to, read);
}

const struct verb uring_verbs[] = {
    {"open-uring", "PATH", 1, do_open, 0},
    {"open-uring-async", "PATH", 1, do_open, IOSQE_ASYNC},
    {"open-uring-polled", "PATH", 1, do_open, POLLED},
    {"read-uring", "PATH|FD", 1, do_read, 0},
    {"read-uring-async", "PATH|FD", 1, do_read, IOSQE_ASYNC},
    {"read-uring-polled", "PATH|FD", 1, do_read, POLLED},
    {"write-uring", "PATH|FD", 1, do_write, 0},
    {"write-uring-async", "PATH|FD", 1, do_write, IOSQE_ASYNC},
    {"fallocate-uring", "PATH|FD", 1, do_fallocate, 0},
    {"command-uring", "PATH|FD", 1, do_command, 0},
    {"pass-uring", "PATH|FD", 1, do_pass, O_RDONLY},
    {"unlink-uring", "PATH", 1, do_unlink, 0},
    {"mkdir-uring", "PATH", 1, do_mkdir, 0},
    {"rename-uring", "FROM TO", 2, do_rename, 0},
    {"link-uring", "FROM TO", 2, do_link, 0},
    {"symlink-uring", "TARGET PATH", 2, do_symlink, 0},
    {"statx-uring", "PATH", 1, do_statx, 0},
    {0},
};
