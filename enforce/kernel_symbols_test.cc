// SPDX-License-Identifier: Apache-2.0
#include "enforce/kernel_symbols.h"

#include <unistd.h>

#include <fstream>

#include "gtest/gtest.h"

namespace bailiff::enforce {
namespace {

class AddressOfTest : public testing::Test {
  protected:
    void TearDown() override { unlink(path_.c_str()); }

    uint64_t In(const std::string& text, const std::string& symbol = "mount_lock") const {
        std::ofstream(path_) << text;
        return AddressOf(symbol, path_);
    }

    std::string path_ = testing::TempDir() + "kallsyms." + std::to_string(getpid());
};

TEST_F(AddressOfTest, IsThatOfTheWholeName) {
    EXPECT_EQ(In("ffffffff81000000 T mount_locked\n"
                 "ffffffff81000010 t put_mount_lock\n"
                 "ffffffff85409880 D mount_lock\n"
                 "ffffffff85409890 D mount_lock_key\n"),
              0xffffffff85409880U);
    EXPECT_EQ(In("ffffffff85409880 D mount_lock\n"), 0xffffffff85409880U);
}

TEST_F(AddressOfTest, IsNoModules) {
    EXPECT_EQ(In("ffffffff85409880 D mount_lock\nffffffffc0000000 d mount_lock\t[fs]\n"),
              0xffffffff85409880U);
    EXPECT_EQ(In("ffffffffc0000000 d mount_lock\t[fs]\n"), 0U);
}

TEST_F(AddressOfTest, IsNothingWhenTwoHaveTheName) {
    EXPECT_EQ(In("ffffffff85409880 D mount_lock\nffffffff85409980 d mount_lock\n"), 0U);
}

TEST_F(AddressOfTest, IsNothingWhenNotTold) {
    EXPECT_EQ(In("0000000000000000 D mount_lock\n"), 0U);
    EXPECT_EQ(In(""), 0U);
    EXPECT_EQ(AddressOf("mount_lock", "/nonexistent/kallsyms"), 0U);
}

// More than is read at once, the line on every boundary.
TEST_F(AddressOfTest, IsFoundWhereverReadsEnd) {
    const std::string line = "ffffffff85409880 D mount_lock\n";
    for (size_t before = (1U << 16) - line.size() - 2; before <= (1U << 16) + 2; before++) {
        std::string text(before - 1, 'x');
        text += "\n" + line + std::string(100, 'y') + "\n";
        ASSERT_EQ(In(text), 0xffffffff85409880U) << before;
    }
}

}  // namespace
}  // namespace bailiff::enforce
