// SPDX-License-Identifier: Apache-2.0
#include "enforce/whereabouts.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bailiff::enforce {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A machine as a directory: processes 1 and `self` in one mount namespace, one bpffs.
class WhereaboutsTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = testing::TempDir() + "whereabouts.XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        root_ = name;
        Write("/proc/self/mounts", "bpf /sys/fs/bpf bpf rw 0 0\n");
        Link("/proc/self/ns/mnt", "mnt:[1]");
        Link("/proc/1/ns/mnt", "mnt:[1]");
    }
    void TearDown() override { std::filesystem::remove_all(root_); }

    void Write(const std::string& path, const std::string& text) const {
        std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
        std::ofstream(root_ + path) << text;
    }
    void Link(const std::string& path, const std::string& target) const {
        std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
        std::filesystem::remove(root_ + path);
        std::filesystem::create_symlink(target, root_ + path);
    }

    std::string root_;
};

TEST_F(WhereaboutsTest, AlwaysSaysSomethingToDo) {
    EXPECT_THAT(Whereabouts({7}, root_), ElementsAre(HasSubstr("another mount namespace")));
}

TEST_F(WhereaboutsTest, AnotherMountNamespace) {
    Link("/proc/self/ns/mnt", "mnt:[2]");
    EXPECT_THAT(Whereabouts({7}, root_),
                ElementsAre(HasSubstr("nsenter --target 1 --mount bailiff status")));
}

TEST_F(WhereaboutsTest, AFileSystemMountedOverOurs) {
    Write("/proc/self/mounts",
          "bpf /sys/fs/bpf bpf rw 0 0\nbpf /mnt bpf rw 0 0\ntmpfs /sys/fs/bpf tmpfs rw 0 0\n");
    EXPECT_THAT(Whereabouts({7}, root_), ElementsAre(HasSubstr("2 file systems are mounted over")));
}

TEST_F(WhereaboutsTest, ProcessesThatHoldALinkOpen) {
    Write("/proc/41/fdinfo/3", "pos:\t0\nlink_type:\ttracing\nlink_id:\t7\n");
    Write("/proc/41/comm", "holder\n");
    Write("/proc/42/fdinfo/3", "pos:\t0\nlink_id:\t77\n");
    Write("/proc/42/comm", "another\n");
    EXPECT_THAT(Whereabouts({6, 7}, root_), ElementsAre(HasSubstr("process 41 (holder):")));
}

TEST_F(WhereaboutsTest, AnInterruptedApply) {
    std::filesystem::create_directories(root_ + "/sys/fs/bpf/bailiff_staging");
    EXPECT_THAT(Whereabouts({7}, root_), ElementsAre(HasSubstr("interrupted")));
}

}  // namespace
}  // namespace bailiff::enforce
