// SPDX-License-Identifier: Apache-2.0
#include "cli/guardian.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "base/fd.h"
#include "base/process.h"

namespace bailiff::cli {
namespace {

struct Pipe {
    Fd read, write;

    static Result<Pipe> Make() {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) return FailErrno("pipe");
        return Pipe{Fd(ends[0]), Fd(ends[1])};
    }
};

// Nobody may be listening any more: the work goes on.
void Tell(int socket, const Told& told) {
    const ssize_t sent = send(socket, &told, sizeof(told), MSG_NOSIGNAL);
    static_cast<void>(sent);
}

void TellFailure(int socket, const Error& error) {
    Told told{.what = Told::kFailed, .error = error.kind};
    std::snprintf(told.message, sizeof(told.message), "%s", error.message.c_str());
    std::snprintf(told.remedy, sizeof(told.remedy), "%s", error.remedy.c_str());
    Tell(socket, told);
}

// The process that is to be the command, until it is told to go on. Writes why it could not.
[[noreturn]] void BecomeCommand(const Charge& charge, int go, int failure) {
    char byte = 0;
    setpgid(0, charge.group);
    sigprocmask(SIG_SETMASK, &charge.mask, nullptr);
    if (read(go, &byte, 1) != 1) _exit(127);
    std::vector<char*> words;
    for (const std::string& word : charge.command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    execvp(words[0], words.data());
    const int error = errno;
    const ssize_t written = write(failure, &error, sizeof(error));
    static_cast<void>(written);
    _exit(127);
}

struct Child {
    pid_t pid;
    Fd go;
    Fd failure;
};

Result<Child> Start(const Charge& charge) {
    Pipe go = TRY(Pipe::Make());
    Pipe failure = TRY(Pipe::Make());
    const pid_t pid = fork();
    if (pid < 0) return FailErrno("fork");
    if (pid == 0) {
        go.write = Fd();
        BecomeCommand(charge, go.read.get(), failure.write.get());
    }
    return Child{pid, std::move(go.write), std::move(failure.read)};
}

// The command's process is there, and has not gone on.
Status Begin(int socket, const Child& child, const Duties& duties) {
    char byte = 0;
    Tell(socket, {.what = Told::kStarted, .value = child.pid});
    if (recv(socket, &byte, 1, 0) != 1) return Fail(ErrorKind::kSystem, "nobody waits for it");
    const Fd process = OpenProcess(child.pid);
    if (!process) return FailErrno("pidfd_open");
    return duties.begin(process.get());
}

// Whoever reads what the command writes is to see its end.
void LetGoOfWhatWasGiven() {
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; nothing >= 0 && fd <= 2; fd++) dup2(nothing, fd);
    DIR* descriptors = opendir("/proc/self/fd");
    if (!descriptors) return;
    while (const dirent* entry = readdir(descriptors)) {
        const int fd = std::atoi(entry->d_name);
        const int flags = fd > 2 ? fcntl(fd, F_GETFD) : -1;
        if (flags >= 0 && !(flags & FD_CLOEXEC)) close(fd);
    }
    closedir(descriptors);
}

// 0, or why there is no program that could be run.
int GoOn(Child& child) {
    int error = 0;
    const ssize_t written = write(child.go.get(), "", 1);
    child.go = Fd();
    LetGoOfWhatWasGiven();
    if (written != 1 || read(child.failure.get(), &error, sizeof(error)) != sizeof(error))
        error = 0;
    child.failure = Fd();
    return error;
}

// Reaps until the command has ended.
int AwaitEnd(int socket, pid_t command) {
    for (;;) {
        int status = 0;
        const pid_t pid = waitpid(-1, &status, WUNTRACED);
        if (pid < 0 && errno != EINTR) return 0;
        if (pid != command) continue;
        if (!WIFSTOPPED(status)) return status;
        Tell(socket, {.what = Told::kStopped});
    }
}

// Is anything left? Reaps what has ended.
bool SomethingIsLeft() {
    pid_t pid = 0;
    while ((pid = waitpid(-1, nullptr, WNOHANG)) > 0) {
    }
    return pid == 0;
}

void AwaitTheRest() {
    while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
    }
}

// Ends the duties; what was to be told last is told, or that they failed.
void Conclude(int socket, const Duties& duties, const Told& last) {
    const Status ended = duties.end();
    if (ended) {
        Tell(socket, last);
    } else {
        TellFailure(socket, ended.error());
    }
}

}  // namespace

void Guard(int socket, const Charge& charge) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    setpgid(0, 0);  // what is sent to the command's group is not for us
    Result<Child> child = Start(charge);
    const Status begun =
        child ? Begin(socket, *child, charge.duties) : std::unexpected(child.error());
    if (!begun) {
        if (child) kill(child->pid, SIGKILL);
        AwaitTheRest();
        const Status ended = charge.duties.end();
        TellFailure(socket, ended ? begun.error() : ended.error());
        _exit(0);
    }
    const int cannot_run = GoOn(*child);
    if (cannot_run) {
        AwaitTheRest();
        Conclude(socket, charge.duties, {.what = Told::kCannotRun, .value = cannot_run});
        _exit(0);
    }
    const Told last{.what = Told::kEnded, .value = AwaitEnd(socket, child->pid)};
    if (SomethingIsLeft()) {
        Tell(socket, last);
        AwaitTheRest();
    }
    Conclude(socket, charge.duties, last);
    _exit(0);
}

}  // namespace bailiff::cli
