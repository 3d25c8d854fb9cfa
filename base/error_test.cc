// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include "gtest/gtest.h"

namespace bailiff {
namespace {

Result<int> Half(int number) {
    if (number % 2) return Fail(ErrorKind::kUsage, "odd", "give an even number");
    return number / 2;
}

Result<int> Quarter(int number) {
    int half = TRY(Half(number));
    return Half(half);
}

Status Check(int number) {
    TRY_STATUS(Half(number));
    return {};
}

TEST(Error, TryGivesTheValueOrReturnsTheError) {
    EXPECT_EQ(*Quarter(8), 2);
    EXPECT_EQ(Quarter(6).error().message, "odd");
    EXPECT_TRUE(Check(2));
    EXPECT_EQ(Check(3).error().remedy, "give an even number");
}

TEST(Error, AnErrnoTellsWhatKindItIs) {
    EXPECT_EQ(FailErrno("x", EPERM).error().kind, ErrorKind::kNoPrivilege);
    EXPECT_EQ(FailErrno("x", EACCES).error().kind, ErrorKind::kNoPrivilege);
    EXPECT_EQ(FailErrno("x", ENOENT).error().kind, ErrorKind::kSystem);
    EXPECT_EQ(FailErrno("x", ENOMEM).error().kind, ErrorKind::kExhausted);
    EXPECT_EQ(FailErrno("file", ENOENT).error().message, "file: No such file or directory");
}

TEST(Error, ContextGoesBeforeTheMessageAndKeepsTheRest) {
    Error error = AddContext("reading", {ErrorKind::kKernel, "gone", "reboot"}).error();
    EXPECT_EQ(error.message, "reading: gone");
    EXPECT_EQ(error.kind, ErrorKind::kKernel);
    EXPECT_EQ(error.remedy, "reboot");
}

}  // namespace
}  // namespace bailiff
