// SPDX-License-Identifier: Apache-2.0
#include "base/symlink.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

namespace bailiff {
namespace {

using Kind = LinkLook::Kind;

TEST(LookAtLink, TellsLinksFromOtherThings) {
    std::string directory = testing::TempDir() + "symlink_test.XXXXXX";
    ASSERT_NE(mkdtemp(directory.data()), nullptr);
    const std::string file = directory + "/file";
    std::ofstream(file) << "x";
    std::filesystem::create_symlink("no/where", directory + "/dangling");
    std::filesystem::create_directory_symlink(".", directory + "/self");

    EXPECT_EQ(LookAtLink(directory).kind, Kind::kPlain);
    EXPECT_EQ(LookAtLink(file).kind, Kind::kPlain);
    EXPECT_EQ(LookAtLink(directory + "/none").kind, Kind::kMissing);
    EXPECT_EQ(LookAtLink(directory + "/none/none").kind, Kind::kMissing);
    EXPECT_EQ(LookAtLink(file + "/none").kind, Kind::kMissing);
    EXPECT_EQ(LookAtLink(directory + "/dangling").kind, Kind::kLink);
    EXPECT_EQ(LookAtLink(directory + "/self/dangling").target, "no/where");
    EXPECT_EQ(LookAtLink(directory + "/dangling").roots, getuid() == 0);
    const LinkLook too_long = LookAtLink("/" + std::string(256, 'x'));
    EXPECT_EQ(too_long.kind, Kind::kUnknown);
    EXPECT_EQ(too_long.error, ENAMETOOLONG);
    std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace bailiff
