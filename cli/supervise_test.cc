// SPDX-License-Identifier: Apache-2.0
#include "cli/supervise.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>

#include "base/fd.h"
#include "cli/testing/call.h"
#include "gtest/gtest.h"

namespace bailiff::cli {
namespace {

// Each in a process of its own, since signals stay blocked; what is done there is told here in
// letters: b begin, e end, and what the command writes.
class SuperviseTest : public testing::DirectoryTest {
  protected:
    void SetUp() override {
        DirectoryTest::SetUp();
        Listen();
    }

    // Anew, for another process.
    void Listen() {
        int ends[2];
        ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
        read_ = Fd(ends[0]);
        write_ = Fd(ends[1]);
    }

    Duties Telling(Status begun = {}, Status ended = {}) {
        const auto tell = [this](char letter) { ASSERT_EQ(write(write_.get(), &letter, 1), 1); };
        return {.begin = [=](int) { return tell('b'), begun; },
                .end = [=] { return tell('e'), ended; }};
    }

    // The process that does it. What is written to descriptor 9 is read here.
    pid_t Fork(const std::function<int()>& work) {
        const pid_t pid = fork();
        if (pid != 0) {
            write_ = Fd();
            return pid;
        }
        read_ = Fd();
        dup2(write_.get(), 9);
        _exit(work());
    }

    pid_t Start(const std::string& shell, const Duties& duties) {
        return Fork([&] {
            const Result<Ended> ended = Supervise({"sh", "-c", shell}, duties);
            return ended ? EndLike(ended->status) : 99;
        });
    }

    static int StatusOf(pid_t pid) {
        int status = -1;
        EXPECT_EQ(waitpid(pid, &status, 0), pid);
        return status;
    }

    char Next() const {
        char letter = 0;
        return read(read_.get(), &letter, 1) == 1 ? letter : '.';
    }

    // Until nobody is left who could tell more.
    std::string Rest() const {
        std::string rest;
        for (char letter; (letter = Next()) != '.';) rest += letter;
        return rest;
    }

    Fd read_;
    Fd write_;
};

TEST_F(SuperviseTest, EndsAsTheCommandDoesAfterTheDuties) {
    EXPECT_EQ(WEXITSTATUS(StatusOf(Start("printf c >&9; exit 7", Telling()))), 7);
    EXPECT_EQ(Rest(), "bce");
}

TEST_F(SuperviseTest, DiesByTheSignalThatKilledTheCommand) {
    for (const int number : {SIGKILL, SIGTERM, SIGSEGV}) {
        Listen();
        const int status = StatusOf(Start("kill -" + std::to_string(number) + " $$", Telling()));
        ASSERT_TRUE(WIFSIGNALED(status)) << number;
        EXPECT_EQ(WTERMSIG(status), number);
        EXPECT_EQ(Rest(), "be");
    }
}

TEST_F(SuperviseTest, PassesSignalsOn) {
    const std::string fifo = directory_ + "/fifo";
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    const pid_t pid = Start("printf r >&9; read x < " + fifo, Telling());
    ASSERT_EQ(Next(), 'b');
    ASSERT_EQ(Next(), 'r');
    kill(pid, SIGUSR1);
    EXPECT_EQ(WTERMSIG(StatusOf(pid)), SIGUSR1);
    EXPECT_EQ(Rest(), "e");
}

TEST_F(SuperviseTest, StopsWhenTheCommandStops) {
    const pid_t pid = Start("kill -STOP $$; printf g >&9", Telling());
    int status = 0;
    ASSERT_EQ(waitpid(pid, &status, WUNTRACED), pid);
    ASSERT_TRUE(WIFSTOPPED(status));
    kill(pid, SIGCONT);
    EXPECT_EQ(StatusOf(pid), 0);
    EXPECT_EQ(Rest(), "bge");
}

TEST_F(SuperviseTest, DutiesEndWithTheLastOfWhatItStarted) {
    const std::string fifo = directory_ + "/fifo";
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    const std::string left =
        "(setsid sh -c 'read x < " + fifo + "; printf l >&9' &) ; printf c >&9";
    EXPECT_EQ(StatusOf(Start(left, Telling())), 0);
    EXPECT_EQ(Next(), 'b');
    EXPECT_EQ(Next(), 'c');
    const Fd open_fifo(open(fifo.c_str(), O_WRONLY | O_CLOEXEC));
    ASSERT_EQ(write(open_fifo.get(), "\n", 1), 1);
    EXPECT_EQ(Rest(), "le");
}

TEST_F(SuperviseTest, TheGuardianOutlivesAKilledProcess) {
    const std::string fifo = directory_ + "/fifo";
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    const pid_t pid = Start("printf r >&9; read x < " + fifo + "; printf l >&9", Telling());
    EXPECT_EQ(Next(), 'b');
    EXPECT_EQ(Next(), 'r');
    kill(pid, SIGKILL);
    EXPECT_EQ(WTERMSIG(StatusOf(pid)), SIGKILL);
    const Fd open_fifo(open(fifo.c_str(), O_WRONLY | O_CLOEXEC));
    ASSERT_EQ(write(open_fifo.get(), "\n", 1), 1);
    EXPECT_EQ(Rest(), "le");
}

TEST_F(SuperviseTest, SaysThatThereIsNoProgram) {
    const auto errno_of = [&](const std::string& program) {
        Listen();
        const int status = StatusOf(Fork([&] {
            const Result<Ended> ended = Supervise({program}, Telling());
            return ended ? ended->cannot_run : 99;
        }));
        EXPECT_EQ(Rest(), "be");
        return WEXITSTATUS(status);
    };
    EXPECT_EQ(errno_of("no-such-program"), ENOENT);
    EXPECT_EQ(errno_of(directory_), EACCES);
}

TEST_F(SuperviseTest, WhatCannotBeginIsNotRun) {
    const pid_t pid = Fork([&] {
        const Result<Ended> ended =
            Supervise({"sh", "-c", "printf c >&9"}, Telling(Fail(ErrorKind::kKernel, "no", "do")));
        const Error& error = ended.error();
        return error.kind == ErrorKind::kKernel && error.message == "no" && error.remedy == "do";
    });
    EXPECT_EQ(WEXITSTATUS(StatusOf(pid)), 1);
    EXPECT_EQ(Rest(), "be");
}

TEST_F(SuperviseTest, AnEndThatFailsIsTold) {
    const pid_t pid = Fork([&] {
        const Result<Ended> ended =
            Supervise({"true"}, Telling({}, Fail(ErrorKind::kHalfDone, "left", "")));
        return ended ? 0 : ended.error().message == "left";
    });
    EXPECT_EQ(WEXITSTATUS(StatusOf(pid)), 1);
    EXPECT_EQ(Rest(), "be");
}

// What waits for the end of what the command writes, here to descriptor 8, does not wait for the
// guardian.
TEST_F(SuperviseTest, TheGuardianKeepsNothingOpen) {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const Fd from(ends[0]);
    Fd to(ends[1]);
    const std::string fifo = directory_ + "/fifo";
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    const pid_t pid = Fork([&] {
        dup2(to.get(), 8);
        to = Fd();
        const std::string left = "(exec 8>&-; read x < " + fifo + ") & printf c >&8";
        const Result<Ended> ended = Supervise({"sh", "-c", left}, Telling());
        return ended ? ended->status : 99;
    });
    to = Fd();
    EXPECT_EQ(StatusOf(pid), 0);
    char bytes[2] = {};
    EXPECT_EQ(read(from.get(), bytes, 1), 1);
    EXPECT_EQ(read(from.get(), bytes, 1), 0);
    const Fd open_fifo(open(fifo.c_str(), O_WRONLY | O_CLOEXEC));
    EXPECT_EQ(write(open_fifo.get(), "\n", 1), 1);
    EXPECT_EQ(Rest(), "be");
}

}  // namespace
}  // namespace bailiff::cli
