// SPDX-License-Identifier: Apache-2.0
#include "enforce/proof_ground.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "base/process.h"
#include "enforce/compat.h"
#include "enforce/detached_mount.h"
#include "enforce/errno_of.h"
#include "enforce/pins.h"
#include "enforce/proof_kernel.h"
#include "enforce/proof_mounts.h"
#include "enforce/proof_process.h"
#include "enforce/proof_sockets.h"
#include "enforce/uring.h"

namespace bailiff::enforce {
namespace {

constexpr char kDevice[] = "device";
constexpr char kNew[] = "new";

// The access control list that stands for mode 0600: struct posix_acl_xattr_header, then entries of
// tag, rights, id (linux/posix_acl_xattr.h).
constexpr std::array<unsigned char, 28> kAccessList = {
    2,    0, 0, 0,                           // version
    0x01, 0, 6, 0, 0xff, 0xff, 0xff, 0xff,   // owner rw
    0x04, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,   // group
    0x20, 0, 0, 0, 0xff, 0xff, 0xff, 0xff};  // others
constexpr char kAccessName[] = "system.posix_acl_access";
constexpr char kAttribute[] = "trusted.bailiff-proof";

int OpenRoot() {
    Fd fd(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return fd ? 0 : errno;
}

int WriteToOwnPipe() {
    std::array<int, 2> ends;
    if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return errno;
    Fd reader(ends[0]);
    Fd writer(ends[1]);
    return ErrnoOf(write(writer.get(), "", 1));
}

// The inode of a file without a name goes with its last descriptor.
int CloseMemoryFile() {
    Fd fd(memfd_create("bailiff-proof", MFD_CLOEXEC));
    return fd ? 0 : errno;
}

int MapMemory() {
    void* memory = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return errno;
    munmap(memory, 4096);
    return 0;
}

int Protect() {
    void* memory = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return errno;
    const int error = ErrnoOf(mprotect(memory, 4096, PROT_READ));
    munmap(memory, 4096);
    return error;
}

}  // namespace

Result<ProofGround> ProofGround::Make() {
    // Before the mount, after which nothing that is remembered holds (bpf/opened.h): the programs
    // must not take this memory for a file that they know.
    Fd memory(memfd_create("bailiff-proof", MFD_CLOEXEC));
    if (!memory) return FailErrno("cannot make a file for the proof");
    Fd tree = TRY(MountNowhere());
    if (mknodat(tree.get(), kProofFile, S_IFREG | 0600, 0) != 0 ||
        mkdirat(tree.get(), kProofDirectory, 0700) != 0) {
        return FailErrno("cannot prepare the proof (does a rule deny it everywhere?)");
    }
    // Its driver takes commands. Refused, it is missed by the one call that it is for.
    mknodat(tree.get(), kDevice, S_IFCHR | 0600, makedev(1, 3));
    Fd device(openat(tree.get(), kDevice, O_RDWR | O_CLOEXEC));
    return ProofGround(std::move(memory), std::move(tree), std::move(device));
}

int ProofGround::Names(blf_hook hook) const {
    switch (hook) {
        case BLF_HOOK_path_mknod:
            return ErrnoOf(mknodat(tree_.get(), kNew, S_IFREG | 0600, 0));
        case BLF_HOOK_path_mkdir:
            return ErrnoOf(mkdirat(tree_.get(), kNew, 0700));
        case BLF_HOOK_path_symlink:
            return ErrnoOf(symlinkat(kProofFile, tree_.get(), kNew));
        case BLF_HOOK_path_link:
            return ErrnoOf(linkat(tree_.get(), kProofFile, tree_.get(), kNew, 0));
        case BLF_HOOK_path_rename:
            return ErrnoOf(renameat(tree_.get(), kProofFile, tree_.get(), kNew));
        case BLF_HOOK_path_unlink:
            return ErrnoOf(unlinkat(tree_.get(), kProofFile, 0));
        case BLF_HOOK_path_rmdir:
            return ErrnoOf(unlinkat(tree_.get(), kProofDirectory, AT_REMOVEDIR));
        default:
            return ENOSYS;
    }
}

int ProofGround::Attributes(blf_hook hook) const {
    unsigned flags = 0;
    struct stat info;
    switch (hook) {
        case BLF_HOOK_path_chmod:
            return ErrnoOf(fchmod(memory_.get(), 0700));
        case BLF_HOOK_path_chown:
            return ErrnoOf(fchown(memory_.get(), 0, 0));
        case BLF_HOOK_inode_getattr:
            return ErrnoOf(fstat(memory_.get(), &info));
        case BLF_HOOK_inode_setattr:
            return ErrnoOf(futimens(memory_.get(), nullptr));
        case BLF_HOOK_inode_setxattr:
            return ErrnoOf(fsetxattr(memory_.get(), kAttribute, "", 0, 0));
        case BLF_HOOK_inode_removexattr:
            return ErrnoOf(fremovexattr(memory_.get(), kAttribute));
        case BLF_HOOK_inode_set_acl:
            return ErrnoOf(
                fsetxattr(memory_.get(), kAccessName, kAccessList.data(), kAccessList.size(), 0));
        case BLF_HOOK_inode_remove_acl:
            return ErrnoOf(fremovexattr(memory_.get(), kAccessName));
        case BLF_HOOK_inode_file_setattr:
            return ErrnoOf(ioctl(memory_.get(), FS_IOC_SETFLAGS, &flags));
        default:
            return ENOSYS;
    }
}

int ProofGround::Truncate() const {
    const std::string path = "/proc/self/fd/" + std::to_string(memory_.get());
    return ErrnoOf(truncate(path.c_str(), 0));
}

// A refused one does not come to be.
int ProofGround::MakeChild() {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    if (child < 0) return errno;
    waitpid(child, nullptr, 0);
    return 0;
}

// Our own, which is passed on as any other.
int ProofGround::ReceiveDescriptor() const {
    const Fd self = OpenProcess(getpid());
    if (!self) return errno;
    Fd copy(static_cast<int>(syscall(SYS_pidfd_getfd, self.get(), memory_.get(), 0)));
    return copy ? 0 : errno;
}

int ProofGround::Use(blf_hook hook) const {
    char byte = 0;
    char empty[] = "";
    char* none[] = {nullptr};
    switch (hook) {
        case BLF_HOOK_file_access:
            return ErrnoOf(pread(memory_.get(), &byte, 1, 0));
        case BLF_HOOK_file_receive:
            return ReceiveDescriptor();
        case BLF_HOOK_path_truncate:
            return Truncate();
        case BLF_HOOK_file_truncate:
            return ErrnoOf(ftruncate(memory_.get(), 0));
        case BLF_HOOK_file_lock:
            return ErrnoOf(flock(memory_.get(), LOCK_SH | LOCK_NB));
        case BLF_HOOK_file_ioctl:
            return ErrnoOf(ioctl(memory_.get(), FIOCLEX));
        case BLF_HOOK_file_ioctl_compat:
            return CompatIoctl(memory_.get(), FIOCLEX).value_or(ENOSYS);
        case BLF_HOOK_uring_cmd:
            return UringCommand(device_.get()).value_or(kNobodyCan);
        case BLF_HOOK_mmap_file:
            return MapMemory();
        case BLF_HOOK_file_mprotect:
            return Protect();
        case BLF_HOOK_task_alloc:
            return MakeChild();
        case BLF_HOOK_exec_lineage:
        case BLF_HOOK_exec_digest:
        case BLF_HOOK_bprm_check_security:  // it is no program, so nothing would run
            return ErrnoOf(execveat(memory_.get(), empty, none, none, AT_EMPTY_PATH));
        default:
            return ENOSYS;
    }
}

int ProofGround::Call(blf_hook hook) const {
    switch (hook) {
        case BLF_HOOK_d_move_begin:
        case BLF_HOOK_d_move_end:
            return MoveDirectory() ? 0 : errno;
        case BLF_HOOK_inode_free_security:
            return CloseMemoryFile();
        case BLF_HOOK_file_open:
        case BLF_HOOK_sysctl_open:
            return OpenRoot();
        case BLF_HOOK_file_permission:
        case BLF_HOOK_sysctl_write:
            return WriteToOwnPipe();
        default:
            break;
    }
    if (const int error = CallOnSocket(hook); error != ENOSYS) return error;
    if (const int error = CallOnMounts(hook, tree_.get()); error != ENOSYS) return error;
    if (const int error = CallOnKernel(hook); error != ENOSYS) return error;
    if (const int error = CallOnProcess(hook); error != ENOSYS) return error;
    for (auto group : {&ProofGround::Names, &ProofGround::Attributes, &ProofGround::Use}) {
        if (const int error = (this->*group)(hook); error != ENOSYS) return error;
    }
    return ENOSYS;
}

}  // namespace bailiff::enforce
