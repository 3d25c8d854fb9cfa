// SPDX-License-Identifier: Apache-2.0
#include "enforce/proof_process.h"

#include <grp.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "enforce/errno_of.h"

namespace bailiff::enforce {
namespace {

// A child that does `act` once we let it, and ends with what that returns; or without, when the
// other end of its pipe closes. No signal is needed, which a policy could deny.
class Child {
  public:
    template <typename Act>
    explicit Child(const Act& act) {
        std::array<int, 2> ends;
        if (pipe(ends.data()) != 0) return;
        const Fd reader(ends[0]);
        go_ = Fd(ends[1]);
        pid_ = fork();
        if (pid_ != 0) return;
        go_ = Fd();
        char byte = 0;
        _exit(read(reader.get(), &byte, 1) == 1 ? act() : ECANCELED);
    }
    ~Child() { End(); }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    // Negative: there is none, and errno says why.
    pid_t pid() const { return pid_; }
    int Act() {
        if (write(go_.get(), "", 1) != 1) return errno;
        return End();
    }

  private:
    int End() {
        go_ = Fd();
        int status = 0;
        if (pid_ <= 0 || waitpid(std::exchange(pid_, -1), &status, 0) < 0) return ECHILD;
        return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
    }

    Fd go_;
    pid_t pid_ = -1;
};

int SeizeChild() {
    const Child child([] { return 0; });
    if (child.pid() < 0) return errno;
    return ErrnoOf(ptrace(PTRACE_SEIZE, child.pid(), nullptr, nullptr));
}

int SetOwnGroups() {
    const int count = getgroups(0, nullptr);
    if (count < 0) return errno;
    std::vector<gid_t> groups(static_cast<size_t>(count));
    if (getgroups(count, groups.data()) < 0) return errno;
    return ErrnoOf(syscall(SYS_setgroups, groups.size(), groups.data()));
}

int SetOwnLimit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_CORE, &limit) != 0) return errno;
    return ErrnoOf(setrlimit(RLIMIT_CORE, &limit));
}

int SetOwnScheduling() {
    sched_param parameters{};
    if (sched_getparam(0, &parameters) != 0) return errno;
    return ErrnoOf(sched_setscheduler(0, sched_getscheduler(0), &parameters));
}

int SetOwnPriority() {
    errno = 0;
    const int priority = getpriority(PRIO_PROCESS, 0);
    return errno ? errno : ErrnoOf(setpriority(PRIO_PROCESS, 0, priority));
}

int SetOwnIoPriority() {
    constexpr int kProcess = 1;  // IOPRIO_WHO_PROCESS
    const long priority = syscall(SYS_ioprio_get, kProcess, 0);
    if (priority < 0) return errno;
    return ErrnoOf(syscall(SYS_ioprio_set, kProcess, 0, priority));
}

int MakeKey() {
    return ErrnoOf(syscall(SYS_add_key, "user", "bailiff-proof", "", 1UL, KEY_SPEC_THREAD_KEYRING));
}

// Made where there is none; it goes with the thread.
int FindOwnKeyring() {
    return ErrnoOf(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_THREAD_KEYRING, 1));
}

int UseCapability() {
    const Fd timer(timerfd_create(CLOCK_REALTIME_ALARM, TFD_CLOEXEC));
    return timer ? 0 : errno;
}

}  // namespace

int CallOnProcess(blf_hook hook) {
    switch (hook) {
        case BLF_HOOK_ptrace_access_check:
            return SeizeChild();
        case BLF_HOOK_task_kill:
            return ErrnoOf(kill(getpid(), 0));
        case BLF_HOOK_task_fix_setuid:
            return ErrnoOf(syscall(SYS_setreuid, -1, -1));
        case BLF_HOOK_task_fix_setgid:
            return ErrnoOf(syscall(SYS_setregid, -1, -1));
        case BLF_HOOK_task_fix_setgroups:
            return SetOwnGroups();
        case BLF_HOOK_capable:
            return UseCapability();
        case BLF_HOOK_task_prctl:
            return ErrnoOf(prctl(PR_GET_DUMPABLE));
        case BLF_HOOK_task_setrlimit:
            return SetOwnLimit();
        case BLF_HOOK_task_setnice:
            return SetOwnPriority();
        case BLF_HOOK_task_setscheduler:
            return SetOwnScheduling();
        case BLF_HOOK_task_setioprio:
            return SetOwnIoPriority();
        case BLF_HOOK_key_alloc:
            return MakeKey();
        case BLF_HOOK_key_permission:
            return FindOwnKeyring();
        default:
            return ENOSYS;
    }
}

int CallInChild(const std::function<bool(pid_t child)>& mark) {
    Child child([] { return ErrnoOf(ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)); });
    if (child.pid() < 0) return errno;
    return mark(child.pid()) ? child.Act() : ECANCELED;
}

}  // namespace bailiff::enforce
