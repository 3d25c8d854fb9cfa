// SPDX-License-Identifier: Apache-2.0
#include "enforce/proof_kernel.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/quota.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/fd.h"
#include "base/file.h"
#include "enforce/errno_of.h"
#include "enforce/proof_ground.h"
#include "enforce/uring.h"

namespace bailiff::enforce {
namespace {

// Until the next boot nobody can load one.
bool ModulesAreOff() {
    const Result<std::string> off = ReadFile("/proc/sys/kernel/modules_disabled");
    return off && off->starts_with('1');
}

// We are no module.
int LoadOurselvesAsModule() {
    const Fd self(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    if (!self) return errno;
    if (syscall(SYS_finit_module, self.get(), "", 0) == 0) return 0;
    return errno == EPERM && ModulesAreOff() ? kNobodyCan : errno;
}

int LoadZerosAsModule() {
    constexpr std::array<char, 4096> kZeros{};
    if (syscall(SYS_init_module, kZeros.data(), kZeros.size(), "") == 0) return 0;
    return errno == EPERM && ModulesAreOff() ? kNobodyCan : errno;
}

// A family that no kernel has any more: it asks for a module of that number, and there is none.
int AskForModule() {
    constexpr int kDecnet = 12;
    const Fd socket(::socket(kDecnet, SOCK_STREAM, 0));
    return socket ? 0 : errno;
}

// The command that the program answers, see bpf/kernel_asks.h.
int CallBpf() {
    bpf_attr attributes{};
    return ErrnoOf(syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attributes, sizeof(attributes)));
}

int OpenPerfEvent() {
    perf_event_attr attributes{};
    attributes.type = PERF_TYPE_SOFTWARE;
    attributes.size = sizeof(attributes);
    attributes.config = PERF_COUNT_SW_DUMMY;
    attributes.disabled = 1;
    const Fd event(static_cast<int>(
        syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC)));
    return event ? 0 : errno;
}

// A kernel may be built without the first.
int OpenMemory() {
    Fd file(open("/proc/kcore", O_RDONLY | O_CLOEXEC));
    if (!file && errno == ENOENT) file = Fd(open("/dev/mem", O_RDONLY | O_CLOEXEC));
    return file ? 0 : errno;
}

}  // namespace

int CallOnKernel(blf_hook hook) {
    constexpr int kSizeOfBuffer = 10;  // SYSLOG_ACTION_SIZE_BUFFER
    switch (hook) {
        case BLF_HOOK_kernel_read_file:
            return LoadOurselvesAsModule();
        case BLF_HOOK_kernel_load_data:
            return LoadZerosAsModule();
        case BLF_HOOK_kernel_module_request:
            return AskForModule();
        case BLF_HOOK_bpf:
            return CallBpf();
        case BLF_HOOK_perf_event_open:
            return OpenPerfEvent();
        case BLF_HOOK_anonymous_inode:
            return MakeUring().value_or(kNobodyCan);
        case BLF_HOOK_locked_down:
            return OpenMemory();
        case BLF_HOOK_settime:  // to nothing
            return ErrnoOf(syscall(SYS_settimeofday, nullptr, nullptr));
        case BLF_HOOK_quotactl:  // what every file system has is written, which changes nothing
            return ErrnoOf(syscall(SYS_quotactl, QCMD(Q_SYNC, USRQUOTA), nullptr, 0, nullptr));
        case BLF_HOOK_syslog:
            return ErrnoOf(syscall(SYS_syslog, kSizeOfBuffer, nullptr, 0));
        default:
            return ENOSYS;
    }
}

}  // namespace bailiff::enforce
