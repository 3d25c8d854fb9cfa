// SPDX-License-Identifier: Apache-2.0
// One access per run, made the way its name says, so a case can ask for exactly that access.
// Prints `ok` or the name of the errno (EPERM, EACCES, ...) and exits 0 or 1; 2 means the case
// called it wrongly. A new access is a function of at most a few lines and a row in the table
// below.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

// What a verb does: its arguments, and the flags of its row. Returns a negative errno, or anything
// else for success.
typedef int access_fn(char** arg, int flags);

static int result(long rc) {
    return rc < 0 ? -errno : (int)rc;
}

// ---- opening ----

static int do_open(char** arg, int flags) {
    return result(open(arg[0], flags, 0644));
}

static int do_openat2(char** arg, int flags) {
    struct open_how how = {.flags = (unsigned)flags, .resolve = RESOLVE_NO_MAGICLINKS};
    return result(syscall(SYS_openat2, AT_FDCWD, arg[0], &how, sizeof(how)));
}

static int reopen(int fd, int flags) {
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return result(open(path, flags));
}

// O_PATH is not asked for permission to read; opening what it refers to must be.
static int do_reopen(char** arg, int flags) {
    const int fd = open(arg[0], O_PATH);
    return fd < 0 ? result(fd) : reopen(fd, flags);
}

static int do_memfd_reopen(char** arg, int flags) {
    const int fd = memfd_create(arg[0], 0);
    return fd < 0 ? result(fd) : reopen(fd, flags);
}

// The same file through a handle, without its name.
static int do_open_handle(char** arg, int flags) {
    union {
        struct file_handle handle;
        char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
    } u = {.handle.handle_bytes = MAX_HANDLE_SZ};
    int mount_id;
    if (name_to_handle_at(AT_FDCWD, arg[0], &u.handle, &mount_id, 0) < 0) return -errno;
    const int mount_fd = open(arg[1], O_RDONLY | O_DIRECTORY);
    return mount_fd < 0 ? result(mount_fd) : result(open_by_handle_at(mount_fd, &u.handle, flags));
}

// ... when nothing of its path is cached any more: dropped between asking for the handle and using
// it.
static int do_open_handle_uncached(char** arg, int flags) {
    union {
        struct file_handle handle;
        char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
    } u = {.handle.handle_bytes = MAX_HANDLE_SZ};
    int mount_id;
    const int mount_fd = open(arg[1], O_RDONLY | O_DIRECTORY);
    if (mount_fd < 0 || name_to_handle_at(AT_FDCWD, arg[0], &u.handle, &mount_id, 0) < 0)
        return -errno;
    const int drop = open("/proc/sys/vm/drop_caches", O_WRONLY);
    if (drop < 0 || write(drop, "2\n", 2) < 0) return -errno;
    return result(open_by_handle_at(mount_fd, &u.handle, flags));
}

// Twice: the second time the directory may be remembered.
static int open_twice(int dir, const char* name, int flags) {
    const int first = result(openat(dir, name, flags, 0644));
    const int second = result(openat(dir, name, flags & ~O_CREAT, 0644));
    if ((first < 0) != (second < 0)) return -EPROTO;
    return first;
}

static int do_open_twice(char** arg, int flags) {
    return open_twice(AT_FDCWD, arg[0], flags);
}

// In a detached copy of the mount of DIR, or of the file PATH itself.
static int do_open_tree(char** arg, int flags) {
    const int tree = open_tree(AT_FDCWD, arg[0], OPEN_TREE_CLONE);
    return tree < 0 ? result(tree) : open_twice(tree, arg[1], flags);
}
static int do_open_tree_file(char** arg, int flags) {
    const int tree = open_tree(AT_FDCWD, arg[0], OPEN_TREE_CLONE);
    return tree < 0 ? result(tree) : reopen(tree, flags);
}

// A new file in a new file system that is mounted nowhere.
static int do_fsmount(char** arg, int flags) {
    const int fs = fsopen(arg[0], 0);
    if (fs < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) return -errno;
    const int tree = fsmount(fs, 0, 0);
    return tree < 0 ? result(tree) : open_twice(tree, arg[1], flags);
}

// In DIR after MOUNT, on which it lies, was unmounted lazily.
static int do_open_unmounted(char** arg, int flags) {
    const int dir = open(arg[0], O_PATH | O_DIRECTORY);
    if (dir < 0 || umount2(arg[1], MNT_DETACH) < 0) return -errno;
    return open_twice(dir, arg[2], flags);
}

// In a mount namespace of its own, of which ROOT is all there is.
static int do_pivot(char** arg, int flags) {
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount(arg[0], arg[0], NULL, MS_BIND | MS_REC, NULL) < 0 || chdir(arg[0]) < 0 ||
        syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
        return -errno;
    return open_twice(AT_FDCWD, arg[1], flags);
}

static int do_pidfd_reopen(char** arg, int flags) {
    (void)arg;
    const int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
    return fd < 0 ? result(fd) : reopen(fd, flags);
}

// A chain of DEPTH directories `d` under BASE; the path to the deepest may be longer than any
// buffer.
static int deepest(char** arg, int create) {
    int dir = open(arg[1], O_PATH | O_DIRECTORY);
    for (long depth = strtol(arg[0], NULL, 10); depth > 0 && dir >= 0; depth--) {
        if (create && mkdirat(dir, "d", 0755) < 0 && errno != EEXIST) return -errno;
        const int next = openat(dir, "d", O_PATH | O_DIRECTORY);
        close(dir);
        dir = next;
    }
    return result(dir);
}

static int do_deep(char** arg, int flags) {
    const int dir = deepest(arg, flags & O_CREAT);
    return dir < 0 ? dir : open_twice(dir, arg[2], flags);
}

// Through io_uring, which opens on the caller's behalf; with IOSQE_ASYNC in a kernel worker.
static int do_uring_open(char** arg, int sqe_flags) {
    struct io_uring_params p = {0};
    const int ring = (int)syscall(SYS_io_uring_setup, 1, &p);
    if (ring < 0) return -errno;
    const size_t size =
        p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe) + p.sq_off.array + 4096;
    char* rings = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,
                       IORING_OFF_SQ_RING);
    struct io_uring_sqe* sqe = mmap(NULL, sizeof(*sqe), PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
    if (rings == MAP_FAILED || sqe == MAP_FAILED || !(p.features & IORING_FEAT_SINGLE_MMAP))
        return -ENOSYS;
    *sqe = (struct io_uring_sqe){.opcode = IORING_OP_OPENAT,
                                 .flags = (unsigned char)sqe_flags,
                                 .fd = AT_FDCWD,
                                 .addr = (unsigned long)arg[0],
                                 .open_flags = O_RDONLY};
    *(unsigned*)(rings + p.sq_off.array) = 0;
    __atomic_store_n((unsigned*)(rings + p.sq_off.tail), 1, __ATOMIC_RELEASE);
    if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0) return -errno;
    return ((struct io_uring_cqe*)(rings + p.cq_off.cqes))->res;
}

// ---- using what was opened before ----

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

static int do_mmap(char** arg, int prot) {
    const int fd = open(arg[0], O_RDONLY);
    if (fd < 0) return -errno;
    return mmap(NULL, 4096, prot, MAP_PRIVATE, fd, 0) == MAP_FAILED ? -errno : 0;
}

// ---- executing: success replaces this process, so the program itself prints what the case looks
// for ----

static int do_exec(char** arg, int flags) {
    (void)flags;
    return result(execv(arg[0], arg));
}

static int do_exec_fd(char** arg, int flags) {
    const int fd = open(arg[0], flags | O_CLOEXEC);
    return fd < 0 ? result(fd) : result(syscall(SYS_execveat, fd, "", arg, environ, AT_EMPTY_PATH));
}

static int do_exec_memfd(char** arg, int flags) {
    struct stat st;
    const int from = open(arg[0], flags), to = memfd_create("copy", MFD_CLOEXEC);
    if (from < 0 || to < 0 || fstat(from, &st) < 0 ||
        sendfile(to, from, NULL, (size_t)st.st_size) < 0)
        return -errno;
    return result(syscall(SYS_execveat, to, "", arg, environ, AT_EMPTY_PATH));
}

// ---- changing names and attributes ----

static int do_unlink(char** arg, int flags) {
    return result(unlinkat(AT_FDCWD, arg[0], flags));
}
static int do_mkdir(char** arg, int mode) {
    return result(mkdir(arg[0], (mode_t)mode));
}
static int do_mknod(char** arg, int mode) {
    return result(mknod(arg[0], (mode_t)mode, 0));
}
static int do_rename(char** arg, int flags) {
    return result(renameat2(AT_FDCWD, arg[0], AT_FDCWD, arg[1], (unsigned)flags));
}
static int do_link(char** arg, int flags) {
    return result(linkat(AT_FDCWD, arg[0], AT_FDCWD, arg[1], flags));
}
static int do_symlink(char** arg, int flags) {
    (void)flags;
    return result(symlink(arg[0], arg[1]));
}
static int do_readlink(char** arg, int flags) {
    char buf[8];
    (void)flags;
    return result(readlink(arg[0], buf, sizeof(buf)));
}
static int do_stat(char** arg, int flags) {
    struct stat st;
    return result(fstatat(AT_FDCWD, arg[0], &st, flags));
}
static int do_truncate(char** arg, int size) {
    return result(truncate(arg[0], size));
}
static int do_chmod(char** arg, int mode) {
    return result(chmod(arg[0], (mode_t)mode));
}
static int do_chown(char** arg, int uid) {
    return result(chown(arg[0], (uid_t)uid, (gid_t)-1));
}
static int do_utime(char** arg, int flags) {
    return result(utimensat(AT_FDCWD, arg[0], NULL, flags));
}
static int do_setxattr(char** arg, int flags) {
    return result(setxattr(arg[0], arg[1], "1", 1, flags));
}

// ---- mounts, processes, sockets ----

static int do_mount(char** arg, int flags) {
    return result(mount(arg[0], arg[1], NULL, (unsigned long)flags, NULL));
}
static int do_mount_fs(char** arg, int flags) {
    return result(mount("none", arg[1], arg[0], (unsigned long)flags, NULL));
}
static int do_umount(char** arg, int flags) {
    return result(umount2(arg[0], flags));
}
static int do_chroot(char** arg, int flags) {
    (void)flags;
    return result(chroot(arg[0]));
}
static int do_unshare(char** arg, int flags) {
    (void)arg;
    return result(unshare(flags));
}
static int do_kill(char** arg, int signal) {
    return result(kill(atoi(arg[0]), signal));
}
static int do_ptrace(char** arg, int request) {
    return result(ptrace(request, atoi(arg[0]), NULL, NULL));
}
static int do_setuid(char** arg, int flags) {
    (void)flags;
    return result(setuid((uid_t)atoi(arg[0])));
}

static int do_inet(char** arg, int bind_it) {
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((unsigned short)atoi(arg[1]))};
    if (inet_pton(AF_INET, arg[0], &to.sin_addr) != 1) return -EINVAL;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) return -errno;
    return result((bind_it ? bind : connect)(fd, (struct sockaddr*)&to, sizeof(to)));
}

static int do_unix(char** arg, int bind_it) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    strncpy(to.sun_path, arg[0], sizeof(to.sun_path) - 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) return -errno;
    return result((bind_it ? bind : connect)(fd, (struct sockaddr*)&to, sizeof(to)));
}

static const struct {
    const char *name, *arguments;
    int count;  // of arguments; a program's own may follow
    access_fn* run;
    int flags;
} verbs[] = {
    {"open-read", "PATH", 1, do_open, O_RDONLY},
    {"open-write", "PATH", 1, do_open, O_WRONLY},
    {"open-rw", "PATH", 1, do_open, O_RDWR},
    {"open-append", "PATH", 1, do_open, O_WRONLY | O_APPEND},
    {"open-trunc", "PATH", 1, do_open, O_RDONLY | O_TRUNC},
    {"open-creat", "PATH", 1, do_open, O_WRONLY | O_CREAT},
    {"open-dir", "PATH", 1, do_open, O_RDONLY | O_DIRECTORY},
    {"open-path", "PATH", 1, do_open, O_PATH},
    {"open-tmpfile", "DIR", 1, do_open, O_RDWR | O_TMPFILE},
    {"open-nofollow", "PATH", 1, do_open, O_RDONLY | O_NOFOLLOW},
    {"openat2", "PATH", 1, do_openat2, O_RDONLY},
    {"open-handle", "PATH MOUNT", 2, do_open_handle, O_RDONLY},
    {"open-handle-uncached", "PATH MOUNT", 2, do_open_handle_uncached, O_RDONLY},
    {"open-tree", "DIR NAME", 2, do_open_tree, O_RDONLY},
    {"open-tree-file", "PATH", 1, do_open_tree_file, O_RDONLY},
    {"open-fsmount", "FSTYPE NAME", 2, do_fsmount, O_RDWR | O_CREAT},
    {"open-unmounted", "DIR MOUNT NAME", 3, do_open_unmounted, O_RDONLY},
    {"open-pivoted", "ROOT PATH", 2, do_pivot, O_RDONLY},
    {"open-twice", "PATH", 1, do_open_twice, O_RDONLY},
    {"pidfd-reopen", "", 0, do_pidfd_reopen, O_RDONLY},
    {"open-uring", "PATH", 1, do_uring_open, 0},
    {"open-uring-async", "PATH", 1, do_uring_open, IOSQE_ASYNC},
    {"reopen-fd", "PATH", 1, do_reopen, O_RDONLY},
    {"reopen-fd-write", "PATH", 1, do_reopen, O_WRONLY},
    {"memfd-reopen", "NAME", 1, do_memfd_reopen, O_RDONLY},
    {"deep-prepare", "DEPTH BASE NAME", 3, do_deep, O_WRONLY | O_CREAT},
    {"deep-open", "DEPTH BASE NAME", 3, do_deep, O_RDONLY},
    {"open-fork-exec", "PATH PROGRAM", 2, do_open_fork_exec, O_RDONLY},
    {"hold-read", "PATH FIFO", 2, do_hold_read, O_RDONLY},
    {"mmap-read", "PATH", 1, do_mmap, PROT_READ},
    {"mmap-exec", "PATH", 1, do_mmap, PROT_READ | PROT_EXEC},
    {"exec", "PROGRAM", 1, do_exec, 0},
    {"exec-fd", "PROGRAM", 1, do_exec_fd, O_RDONLY},
    {"exec-path-fd", "PROGRAM", 1, do_exec_fd, O_PATH},
    {"exec-memfd", "PROGRAM", 1, do_exec_memfd, O_RDONLY},
    {"unlink", "PATH", 1, do_unlink, 0},
    {"rmdir", "PATH", 1, do_unlink, AT_REMOVEDIR},
    {"mkdir", "PATH", 1, do_mkdir, 0755},
    {"mkfifo", "PATH", 1, do_mknod, S_IFIFO | 0644},
    {"rename", "FROM TO", 2, do_rename, 0},
    {"exchange", "FROM TO", 2, do_rename, RENAME_EXCHANGE},
    {"link", "FROM TO", 2, do_link, 0},
    {"symlink", "TARGET PATH", 2, do_symlink, 0},
    {"readlink", "PATH", 1, do_readlink, 0},
    {"stat", "PATH", 1, do_stat, 0},
    {"truncate", "PATH", 1, do_truncate, 0},
    {"chmod", "PATH", 1, do_chmod, 0600},
    {"chown-bob", "PATH", 1, do_chown, 1001},
    {"utime", "PATH", 1, do_utime, 0},
    {"setxattr", "PATH NAME", 2, do_setxattr, 0},
    {"bind-mount", "FROM TO", 2, do_mount, MS_BIND},
    {"move-mount", "FROM TO", 2, do_mount, MS_MOVE},
    {"mount", "FSTYPE TO", 2, do_mount_fs, 0},
    {"umount", "PATH", 1, do_umount, 0},
    {"chroot", "PATH", 1, do_chroot, 0},
    {"unshare-user", "", 0, do_unshare, CLONE_NEWUSER},
    {"unshare-mount", "", 0, do_unshare, CLONE_NEWNS},
    {"kill", "PID", 1, do_kill, SIGKILL},
    {"signal-0", "PID", 1, do_kill, 0},
    {"ptrace", "PID", 1, do_ptrace, PTRACE_ATTACH},
    {"setuid", "UID", 1, do_setuid, 0},
    {"connect-tcp", "ADDRESS PORT", 2, do_inet, 0},
    {"bind-tcp", "ADDRESS PORT", 2, do_inet, 1},
    {"connect-unix", "PATH", 1, do_unix, 0},
    {"bind-unix", "PATH", 1, do_unix, 1},
};

int main(int argc, char** argv) {
    const size_t count = sizeof(verbs) / sizeof(verbs[0]);
    for (size_t i = 0; i < count && argc > 1; i++) {
        if (strcmp(argv[1], verbs[i].name) != 0 || argc - 2 < verbs[i].count) continue;
        const int got = verbs[i].run(argv + 2, verbs[i].flags);
        puts(got < 0 ? strerrorname_np(-got) : "ok");
        return got < 0;
    }
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "actor %s %s\n", verbs[i].name, verbs[i].arguments);
    return 2;
}
