// SPDX-License-Identifier: Apache-2.0
#include "doctor/lsm_list.h"

#include <gtest/gtest.h>

namespace bailiff::doctor {
namespace {

constexpr enforce::KernelVersion k612{6, 12, 0};
constexpr enforce::KernelVersion k61{6, 1, 0};

TEST(LsmValueTest, KeepsWhatIsActiveInItsOrderAndAddsBpf) {
    EXPECT_EQ(
        LsmValue({"lockdown", "capability", "landlock", "yama", "apparmor", "ima", "evm"}, k612),
        "lockdown,landlock,yama,apparmor,bpf");
    EXPECT_EQ(LsmValue({"capability", "yama", "lockdown"}, k612), "yama,lockdown,bpf");
    EXPECT_EQ(LsmValue({"capability"}, k612), "bpf");
}

TEST(LsmValueTest, NamesIntegrityWhereKernelsNeedIt) {
    EXPECT_EQ(LsmValue({"capability", "yama"}, k61), "yama,integrity,bpf");
    EXPECT_EQ(LsmValue({"capability", "integrity", "yama"}, k61), "yama,integrity,bpf");
}

TEST(LsmValueTest, KnowsBpfOnlyByItsWholeName) {
    EXPECT_TRUE(NamesBpf("bpf"));
    EXPECT_TRUE(NamesBpf("yama,bpf,ima"));
    EXPECT_FALSE(NamesBpf("yama,bpfilter"));
    EXPECT_FALSE(NamesBpf(""));
    EXPECT_FALSE(HasBpf({"capability", "bpfilter"}));
}

TEST(LastParameterTest, TheLastOneCounts) {
    EXPECT_EQ(LastParameter("ro lsm=a quiet lsm=b,c", "lsm"), "b,c");
    EXPECT_EQ(LastParameter("ro lsm=a lsm=", "lsm"), "");
    EXPECT_EQ(LastParameter("ro quiet", "lsm"), std::nullopt);
}

TEST(LastParameterTest, ReadsWholeWordsOnly) {
    EXPECT_EQ(LastParameter("xlsm=a lsmx=b", "lsm"), std::nullopt);
    EXPECT_EQ(LastParameter("dyndbg=\"file a.c lsm=x\" ro", "lsm"), std::nullopt);
}

TEST(LastParameterTest, WhatFollowsTwoDashesIsForInit) {
    EXPECT_EQ(LastParameter("lsm=a -- lsm=b", "lsm"), "a");
    EXPECT_TRUE(HasInitArguments("ro -- single"));
    EXPECT_FALSE(HasInitArguments("ro --- single"));
}

TEST(WithLsmTest, ReplacesEachAndStaysBeforeTheDashes) {
    EXPECT_EQ(WithLsm("lsm=a ro lsm=b\n", "c,bpf"), "ro lsm=c,bpf");
    EXPECT_EQ(WithLsm("ro -- x", "bpf"), "ro lsm=bpf -- x");
    EXPECT_EQ(WithLsm("", "bpf"), "lsm=bpf");
}

}  // namespace
}  // namespace bailiff::doctor
