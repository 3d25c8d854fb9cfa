// SPDX-License-Identifier: Apache-2.0
#include "base/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace bailiff {
namespace {

TEST(Process, AreListedAndOpenedUntilTheyAreGone) {
    const pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    const Result<std::vector<pid_t>> listed = ListProcesses();
    ASSERT_TRUE(listed);
    EXPECT_THAT(*listed, ::testing::IsSupersetOf({getpid(), child}));
    const Fd opened = OpenProcess(child);
    ASSERT_TRUE(opened);
    kill(child, SIGKILL);
    pollfd ended{opened.get(), POLLIN, 0};
    EXPECT_EQ(poll(&ended, 1, -1), 1);
    waitpid(child, nullptr, 0);
    EXPECT_FALSE(OpenProcess(child));
    EXPECT_EQ(errno, ESRCH);
}

}  // namespace
}  // namespace bailiff
