// SPDX-License-Identifier: Apache-2.0
#include "doctor/boot_loader.h"

#include <gtest/gtest.h>

#include "doctor/fixture.h"

namespace bailiff::doctor {
namespace {

Loader LoaderOf(const Fixture& machine) {
    return FindBootLoader(machine.root()).kind;
}

// What the firmware's variable holds: four bytes of attributes, then UTF-16.
std::string LoaderInfo(std::string_view name) {
    std::string bytes(4, '\6');
    for (char c : name) bytes += {c, '\0'};
    return bytes;
}
const std::string kVariable =
    "/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

TEST(FindBootLoaderTest, KnowsEachByItsFiles) {
    EXPECT_EQ(LoaderOf(Fixture("debian-12")), Loader::kGrubDebian);
    EXPECT_EQ(LoaderOf(Fixture("arch-grub")), Loader::kGrubOther);
    EXPECT_EQ(LoaderOf(Fixture("fedora-grubby")), Loader::kGrubby);
    EXPECT_EQ(LoaderOf(Fixture("systemd-boot")), Loader::kSystemdBoot);
    EXPECT_EQ(LoaderOf(Fixture("unknown-loader")), Loader::kUnknown);
}

TEST(FindBootLoaderTest, TheFirmwareOutweighsFiles) {
    Fixture machine("debian-12");
    machine.Write(kVariable, LoaderInfo("systemd-boot 257"));
    EXPECT_EQ(LoaderOf(machine), Loader::kSystemdBoot);
    machine.Write(kVariable, LoaderInfo("GRUB 2.14"));
    EXPECT_EQ(LoaderOf(machine), Loader::kGrubDebian);
}

TEST(FindBootLoaderTest, WithoutDropInsItIsNotDebiansGrub) {
    Fixture machine("debian-12");
    machine.Write("/usr/sbin/grub-mkconfig", ". /etc/default/grub\n");
    EXPECT_EQ(LoaderOf(machine), Loader::kGrubOther);
}

}  // namespace
}  // namespace bailiff::doctor
