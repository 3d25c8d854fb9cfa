// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/fd.h"
#include "gtest/gtest.h"

namespace bailiff {
namespace {

class FileTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = testing::TempDir() + "file_test.XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    std::string Path(const char* name) const { return directory_ + "/" + name; }

    std::string directory_;
};

TEST_F(FileTest, WhatIsWrittenIsRead) {
    std::string bytes("a\0b\n", 4);
    ASSERT_TRUE(WriteFileAtomically(Path("f"), bytes, 0640));
    EXPECT_EQ(*ReadFile(Path("f")), bytes);
    struct stat info;
    ASSERT_EQ(stat(Path("f").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0640U);
}

TEST_F(FileTest, ReplacingLeavesNothingBeside) {
    ASSERT_TRUE(WriteFileAtomically(Path("f"), "old"));
    ASSERT_TRUE(WriteFileAtomically(Path("f"), "new"));
    EXPECT_EQ(*ReadFile(Path("f")), "new");
    auto entries = std::filesystem::directory_iterator(directory_);
    EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST_F(FileTest, ReplacingKeepsOwnerAndMode) {
    ASSERT_TRUE(WriteFileAtomically(Path("f"), "old", 0600));
    const uid_t owner = getuid() == 0 ? 12345 : getuid();
    ASSERT_EQ(chown(Path("f").c_str(), owner, static_cast<gid_t>(-1)), 0);
    ASSERT_TRUE(WriteFileAtomically(Path("f"), "new", 0644));
    struct stat info;
    ASSERT_EQ(stat(Path("f").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0600U);
    EXPECT_EQ(info.st_uid, owner);
}

TEST_F(FileTest, FailureKeepsWhatWasThereAndSaysWhere) {
    std::filesystem::create_directory(Path("d"));
    Status written = WriteFileAtomically(Path("d"), "x");
    ASSERT_FALSE(written);
    EXPECT_TRUE(written.error().message.starts_with(Path("d") + ": "));
    auto entries = std::filesystem::directory_iterator(directory_);
    EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST_F(FileTest, ReadingStopsAtTheLimit) {
    ASSERT_TRUE(WriteFileAtomically(Path("f"), std::string(1000, 'x')));
    EXPECT_TRUE(ReadFile(Path("f"), 1000));
    EXPECT_FALSE(ReadFile(Path("f"), 999));
    EXPECT_EQ(ReadFile(Path("missing")).error().kind, ErrorKind::kSystem);
}

TEST_F(FileTest, ReadingUpToTakesWhatThereIsAndNoMore) {
    ASSERT_TRUE(WriteFileAtomically(Path("f"), std::string(100'000, 'x')));
    const Fd fd(open(Path("f").c_str(), O_RDONLY | O_CLOEXEC));
    EXPECT_EQ(ReadUpTo(fd.get(), 70'000, "f")->size(), 70'000U);
    EXPECT_EQ(ReadUpTo(fd.get(), 70'000, "f")->size(), 30'000U);
    EXPECT_EQ(*ReadUpTo(fd.get(), 70'000, "f"), "");
    EXPECT_TRUE(ReadUpTo(-1, 1, "f").error().message.starts_with("f: "));
}

TEST(TrimEnd, DropsWhiteSpaceAtTheEndOnly) {
    EXPECT_EQ(TrimEnd(" a b \n\t"), " a b");
    EXPECT_EQ(TrimEnd("\n"), "");
    EXPECT_EQ(TrimEnd(""), "");
}

}  // namespace
}  // namespace bailiff
