// SPDX-License-Identifier: Apache-2.0
#include "cli/supervise.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <optional>

#include "base/fd.h"
#include "base/process.h"
#include "cli/guardian.h"

namespace bailiff::cli {
namespace {

// Of signals that come to us, those that the command did not get itself: what a terminal sends
// goes to the whole group.
bool IsToBePassedOn(const signalfd_siginfo& signal) {
    return signal.ssi_signo != SIGCHLD && signal.ssi_code != SI_KERNEL;
}

void PassOn(int signals, int command) {
    signalfd_siginfo signal{};
    if (read(signals, &signal, sizeof(signal)) != sizeof(signal)) return;
    if (IsToBePassedOn(signal))
        syscall(SYS_pidfd_send_signal, command, signal.ssi_signo, nullptr, 0);
}

Error GuardianIsGone() {
    return {ErrorKind::kHalfDone,
            "the process that waits for the command was killed: how the command ends cannot be "
            "told; it goes on as it is",
            "what is left when it has ended, the next `bailiff` that changes anything removes"};
}

// What the guardian tells, until its last word.
class Listener {
  public:
    explicit Listener(Fd socket) : socket_(std::move(socket)) {}

    Result<Ended> Listen(int signals, const Watched& watched) {
        for (;;) {
            // A signal that comes before there is a command waits for it.
            pollfd ready[3] = {{socket_.get(), POLLIN, 0},
                               {command_ ? signals : -1, POLLIN, 0},
                               {watched.fd, POLLIN, 0}};
            if (poll(ready, 3, -1) < 0 && errno != EINTR) return FailErrno("poll");
            if (ready[1].revents) PassOn(signals, command_.get());
            if (ready[2].revents) watched.is_readable();
            if (!ready[0].revents) continue;
            Told told;
            if (recv(socket_.get(), &told, sizeof(told), 0) != sizeof(told)) {
                return std::unexpected(GuardianIsGone());
            }
            std::optional<Result<Ended>> last = Hear(told);
            if (last) return std::move(*last);
        }
    }

  private:
    std::optional<Result<Ended>> Hear(const Told& told) {
        switch (told.what) {
            case Told::kStarted:
                command_ = OpenProcess(told.value);
                send(socket_.get(), "", 1, MSG_NOSIGNAL);
                return std::nullopt;
            case Told::kStopped:
                raise(SIGSTOP);  // whoever has us go on has the command go on
                return std::nullopt;
            case Told::kCannotRun:
                return Ended{.status = 0, .cannot_run = told.value};
            case Told::kEnded:
                return Ended{.status = told.value, .cannot_run = 0};
            case Told::kFailed:
                break;
        }
        return Fail(told.error, told.message, told.remedy);
    }

    Fd socket_;
    Fd command_;
};

}  // namespace

Result<Ended> Supervise(const std::vector<std::string>& command, Duties duties,
                        const Watched& watched) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        return FailErrno("socketpair");
    }
    Fd ours(ends[0]);
    Fd theirs(ends[1]);
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    const Fd signals(signalfd(-1, &all, SFD_CLOEXEC));
    if (!signals) return FailErrno("signalfd");
    std::fflush(nullptr);
    const int group = getpgrp();
    const pid_t guardian = fork();
    if (guardian < 0) return FailErrno("fork");
    if (guardian == 0) {
        ours = Fd();
        Guard(theirs.get(), {command, duties, before, group});
    }
    theirs = Fd();
    duties = {};
    return Listener(std::move(ours)).Listen(signals.get(), watched);
}

int EndLike(int status) {
    if (!WIFSIGNALED(status)) return WEXITSTATUS(status);
    const int number = WTERMSIG(status);
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);  // the core of interest is the command's
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, number);
    signal(number, SIG_DFL);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &one, nullptr);
    return 128 + number;
}

}  // namespace bailiff::cli
