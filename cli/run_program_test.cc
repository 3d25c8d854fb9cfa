// SPDX-License-Identifier: Apache-2.0
#include "cli/run_program.h"

#include "gtest/gtest.h"

namespace bailiff::cli {
namespace {

TEST(RunProgram, SaysHowItEnded) {
    EXPECT_TRUE(RunProgram({"true"}, false));
    const auto said = [](const std::vector<std::string>& command) {
        return RunProgram(command, true).error().message;
    };
    EXPECT_EQ(said({"sh", "-c", "exit 3"}), "exit status 3");
    EXPECT_EQ(said({"sh", "-c", "kill -9 $$"}), "killed by signal 9");
    EXPECT_EQ(said({"no-such-program"}), "No such file or directory");
}

TEST(RunProgram, LeavesStdoutAloneWhenItIsOurs) {
    for (const bool quiet : {false, true}) {
        ::testing::internal::CaptureStdout();
        ::testing::internal::CaptureStderr();
        EXPECT_TRUE(RunProgram({"echo", "x"}, quiet));
        EXPECT_EQ(::testing::internal::GetCapturedStdout(), quiet ? "" : "x\n");
        EXPECT_EQ(::testing::internal::GetCapturedStderr(), quiet ? "x\n" : "");
    }
}

}  // namespace
}  // namespace bailiff::cli
