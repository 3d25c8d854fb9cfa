// SPDX-License-Identifier: Apache-2.0
#include "enforce/compat.h"

#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csetjmp>
#include <csignal>

namespace bailiff::enforce {

#ifdef __x86_64__

namespace {

sigjmp_buf no_such_call;

void OnFault(int) {
    siglongjmp(no_such_call, 1);
}

// Where the kernel runs no 32-bit programs, its gate for their calls faults.
std::optional<int> Ioctl32(int fd, unsigned command) {
    struct sigaction action{};
    struct sigaction before{};
    action.sa_handler = OnFault;
    action.sa_flags = SA_NODEFER;
    sigaction(SIGSEGV, &action, &before);
    std::optional<int> error;
    if (sigsetjmp(no_such_call, 1) == 0) {
        constexpr long kIoctl = 54;  // of the 32-bit table
        long result = -ENOSYS;
        asm volatile("int $0x80"
                     : "=a"(result)
                     : "a"(kIoctl), "b"(static_cast<long>(fd)), "c"(static_cast<long>(command)),
                       "d"(0L)
                     : "memory", "r8", "r9", "r10", "r11");
        error = result < 0 ? static_cast<int>(-result) : 0;
    }
    sigaction(SIGSEGV, &before, nullptr);
    return error;
}

std::optional<int> IoctlX32(int fd, unsigned command) {
    constexpr long kIoctl = 0x40000000 + 514;  // __X32_SYSCALL_BIT, of the x32 table
    if (syscall(kIoctl, fd, command, 0) == 0) return 0;
    if (errno == ENOSYS) return std::nullopt;
    return errno;
}

}  // namespace

std::optional<int> CompatIoctl(int fd, unsigned command) {
    const std::optional<int> error = Ioctl32(fd, command);
    return error ? error : IoctlX32(fd, command);
}

#else

// Not known how: never proved, rather than left out.
std::optional<int> CompatIoctl(int, unsigned) {
    return ENOSYS;
}

#endif

bool RunsCompatPrograms() {
    return CompatIoctl(-1, FIOCLEX).has_value();
}

}  // namespace bailiff::enforce
