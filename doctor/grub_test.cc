// SPDX-License-Identifier: Apache-2.0
#include "doctor/grub.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "doctor/fixture.h"
#include "doctor/lsm_list.h"

namespace bailiff::doctor {
namespace {

// The command line that grub-mkconfig makes of these settings: sourced by a real shell in the order
// that it uses, put together as 10_linux does.
std::string CommandLine(const Fixture& machine) {
    std::string out = machine.root() + "/command-line";
    std::string script = fmt::format(
        "cd {}/etc/default && . ./grub && for x in ./grub.d/*.cfg; do . $x; done && "
        "echo \"$GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX_DEFAULT\" > {}",
        machine.root(), out);
    EXPECT_EQ(std::system(fmt::format("sh -ec '{}'", script).c_str()), 0);
    return machine.Read("/command-line");
}

TEST(DropInTest, OursIsTheLastOnTheLine) {
    for (const char* name : {"debian-12", "ubuntu-24.04", "lsm-in-grub", "security-apparmor",
                             "already-written", "foreign-lines"}) {
        Fixture machine(name);
        std::string path(kGrubDropIn);
        machine.Write(path, DropInWith(machine.Read(path), "lockdown,yama,bpf"));
        EXPECT_EQ(LastParameter(CommandLine(machine), "lsm"), "lockdown,yama,bpf") << name;
    }
}

TEST(DropInTest, KeepsTheRestOfTheLine) {
    Fixture machine("ubuntu-24.04");
    machine.Write(std::string(kGrubDropIn), DropInWith("", "yama,bpf"));
    EXPECT_EQ(CommandLine(machine),
              " console=tty1 console=ttyS0 lsm=yama,bpf crashkernel=2G-4G:320M\n");
}

TEST(DropInTest, KeepsForeignLinesAndIsStable) {
    std::string written = DropInWith("# mine\nGRUB_TIMEOUT=3", "yama,bpf");
    EXPECT_TRUE(written.starts_with("# mine\nGRUB_TIMEOUT=3\nGRUB_CMDLINE_LINUX_DEFAULT="));
    EXPECT_EQ(DropInWith(written, "yama,bpf"), written);
    std::string renewed = DropInWith(written, "landlock,bpf");
    EXPECT_TRUE(renewed.contains("lsm=landlock,bpf"));
    EXPECT_FALSE(renewed.contains("lsm=yama,bpf"));
}

// Where the survey sees a conflict, the shell indeed ends with another lsm= or none.
TEST(SurveyTest, ConflictsAreReal) {
    for (const char* name : {"later-drop-in", "reset-later"}) {
        Fixture machine(name);
        EXPECT_EQ(SurveyGrub(machine.root()).conflicts.size(), 1U) << name;
        machine.Write(std::string(kGrubDropIn), DropInWith("", "yama,bpf"));
        EXPECT_NE(LastParameter(CommandLine(machine), "lsm"), "yama,bpf") << name;
    }
}

TEST(SurveyTest, ALaterFileMayAddToEitherVariable) {
    Fixture machine("debian-12");
    machine.Write("/etc/default/grub.d/99-a.cfg",
                  "# GRUB_CMDLINE_LINUX_DEFAULT=\"lsm=x\"\n"
                  "GRUB_CMDLINE_LINUX=\"lsm=yama\"\n"
                  "GRUB_CMDLINE_LINUX_DEFAULT=\"${GRUB_CMDLINE_LINUX_DEFAULT} psi=1\"\n");
    machine.Write("/etc/default/grub.d/99-b.disabled", "GRUB_CMDLINE_LINUX_DEFAULT=\"lsm=x\"\n");
    GrubSurvey survey = SurveyGrub(machine.root());
    EXPECT_TRUE(survey.conflicts.empty());
    ASSERT_EQ(survey.notes.size(), 1U);
    EXPECT_TRUE(survey.notes[0].starts_with("/etc/default/grub.d/99-a.cfg:2 has lsm=yama"));
    machine.Write(std::string(kGrubDropIn), DropInWith("", "yama,bpf"));
    EXPECT_EQ(LastParameter(CommandLine(machine), "lsm"), "yama,bpf");
}

TEST(GrubConfigTest, ReadsTheFirstEntry) {
    Fixture machine("already-written");
    GrubEntries entries = ParseGrubConfig(machine.Read("/boot/grub/grub.cfg"));
    EXPECT_EQ(entries.total, 2U);
    EXPECT_EQ(LastParameter(entries.first, "lsm"), "lockdown,landlock,yama,apparmor,bpf");
    EXPECT_EQ(ParseGrubConfig("set linux=1\n# linux x\n").total, 0U);
}

}  // namespace
}  // namespace bailiff::doctor
