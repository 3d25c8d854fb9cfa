// SPDX-License-Identifier: Apache-2.0
#include "doctor/fix.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "doctor/fixture.h"
#include "doctor/grub.h"
#include "doctor/report.h"

namespace bailiff::doctor {
namespace {

using Command = std::vector<std::string>;

// Answers as told and remembers what it was asked.
struct Admin {
    bool answer = true;
    Status result;
    std::vector<std::string> questions;
    std::vector<Command> commands;

    FixActions Actions() {
        return {[this](std::string_view question) {
                    questions.emplace_back(question);
                    return answer;
                },
                [this](const Command& command) {
                    commands.push_back(command);
                    return result;
                }};
    }
};

const std::string kDropIn{kGrubDropIn};

FixPlan PlanOf(const Fixture& machine) {
    return Examine(machine.root()).plan;
}

TEST(ApplyFixTest, WritesOneFileRunsUpdateGrubAndAsksForAReboot) {
    Fixture machine("ubuntu-24.04");
    std::string before = machine.Read("/etc/default/grub");
    Admin admin;
    auto outcome = ApplyFix(PlanOf(machine), admin.Actions());
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->changed);
    EXPECT_EQ(
        outcome->text,
        "Wrote /etc/default/grub.d/90-bailiff.cfg and ran update-grub. A reboot is due; then: "
        "sudo bailiff doctor\n");
    EXPECT_EQ(admin.questions,
              Command{"Write /etc/default/grub.d/90-bailiff.cfg and run update-grub?"});
    EXPECT_EQ(admin.commands, std::vector<Command>{{"update-grub"}});
    EXPECT_EQ(machine.Read(kDropIn), DropInWith("", "lockdown,landlock,yama,apparmor,bpf"));
    EXPECT_EQ(machine.Read("/etc/default/grub"), before);
    EXPECT_EQ(PlanOf(machine).kind, FixKind::kRebootDue);
}

TEST(ApplyFixTest, MakesTheDirectoryWhereThereIsNone) {
    Fixture machine("security-apparmor");
    ASSERT_FALSE(std::filesystem::exists(machine.root() + "/etc/default/grub.d"));
    Admin admin;
    ASSERT_TRUE(ApplyFix(PlanOf(machine), admin.Actions()));
    EXPECT_NE(machine.Read(kDropIn), "");
}

TEST(ApplyFixTest, ANoChangesNothing) {
    Fixture machine("ubuntu-24.04");
    Admin admin;
    admin.answer = false;
    auto outcome = ApplyFix(PlanOf(machine), admin.Actions());
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(outcome->changed);
    EXPECT_EQ(outcome->text, "Nothing was changed.\n");
    EXPECT_EQ(machine.Read(kDropIn), "");
    EXPECT_TRUE(admin.commands.empty());
}

TEST(ApplyFixTest, KeepsForeignLines) {
    Fixture machine("foreign-lines");
    Admin admin;
    ASSERT_TRUE(ApplyFix(PlanOf(machine), admin.Actions()));
    std::string text = machine.Read(kDropIn);
    EXPECT_TRUE(text.contains("# kept by hand\nGRUB_TIMEOUT=3\n"));
    EXPECT_TRUE(text.contains("lsm=lockdown,landlock,yama,apparmor,bpf"));
    EXPECT_FALSE(text.contains("lsm=yama,bpf"));
}

TEST(ApplyFixTest, OnlyRunsTheCommandWhenTheFileIsRight) {
    Fixture machine("not-yet-updated");
    Admin admin;
    FixPlan plan = PlanOf(machine);
    plan.root = machine.root();
    machine.Write("/boot/grub/grub.cfg", "");
    auto outcome = ApplyFix(plan, admin.Actions());
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->text, "Ran update-grub. A reboot is due; then: sudo bailiff doctor\n");
    EXPECT_EQ(admin.commands, std::vector<Command>{{"update-grub"}});
}

TEST(ApplyFixTest, NoticesWhenGrubDidNotTakeIt) {
    Fixture machine("not-yet-updated");
    Admin admin;
    auto outcome = ApplyFix(PlanOf(machine), admin.Actions());
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().message,
              "/etc/default/grub.d/90-bailiff.cfg is written and update-grub ran, but the first "
              "entry of /boot/grub/grub.cfg has no lsm=");
    EXPECT_EQ(outcome.error().kind, ErrorKind::kKernel);
}

TEST(ApplyFixTest, SaysWhatRemainsWhenTheCommandFails) {
    Fixture machine("ubuntu-24.04");
    Admin admin;
    admin.result = Fail(ErrorKind::kSystem, "exit status 1");
    auto outcome = ApplyFix(PlanOf(machine), admin.Actions());
    ASSERT_FALSE(outcome);
    EXPECT_EQ(
        outcome.error().message,
        "/etc/default/grub.d/90-bailiff.cfg is written, but update-grub failed: exit status 1");
    EXPECT_EQ(outcome.error().remedy, "run update-grub yourself, then reboot");
    EXPECT_EQ(outcome.error().kind, ErrorKind::kKernel);
}

TEST(ApplyFixTest, KeepsTheModeOfItsFile) {
    namespace fs = std::filesystem;
    Fixture machine("foreign-lines");
    fs::permissions(machine.root() + kDropIn, fs::perms{0600});
    Admin admin;
    ASSERT_TRUE(ApplyFix(PlanOf(machine), admin.Actions()));
    EXPECT_EQ(fs::status(machine.root() + kDropIn).permissions(), fs::perms{0600});
}

TEST(PlanFixTest, ALinkIsLeftToThePerson) {
    Fixture machine("foreign-lines");
    const std::string drop_in = machine.root() + kDropIn;
    std::filesystem::rename(drop_in, drop_in + ".real");
    std::filesystem::create_symlink("90-bailiff.cfg.real", drop_in);
    FixPlan plan = PlanOf(machine);
    EXPECT_EQ(plan.kind, FixKind::kConflict);
    EXPECT_EQ(plan.reason, kDropIn + " is a symbolic link");
    Admin admin;
    EXPECT_FALSE(ApplyFix(plan, admin.Actions())->changed);
    EXPECT_TRUE(std::filesystem::is_symlink(drop_in));
}

TEST(PlanFixTest, GrubWithoutWhatWritesItsConfigurationIsToldSo) {
    Fixture machine("unknown-loader");
    machine.Write("/etc/default/grub", "");
    const std::string text = DescribePlan(PlanOf(machine));
    EXPECT_TRUE(text.contains("unknown (/etc/default/grub is there, grub-mkconfig is not)"))
        << text;
    EXPECT_TRUE(text.ends_with("what writes this boot loader's configuration was not found.\n"))
        << text;
}

TEST(ApplyFixTest, WritesNothingForAnyOtherPlan) {
    for (const char* name : {"debian-12", "later-drop-in", "systemd-boot", "fedora-grubby",
                             "already-written", "no-securityfs", "unknown-loader"}) {
        Fixture machine(name);
        std::string before = machine.Read(kDropIn);
        Admin admin;
        auto outcome = ApplyFix(PlanOf(machine), admin.Actions());
        ASSERT_TRUE(outcome) << name;
        EXPECT_FALSE(outcome->changed) << name;
        EXPECT_TRUE(admin.questions.empty()) << name;
        EXPECT_TRUE(admin.commands.empty()) << name;
        EXPECT_EQ(machine.Read(kDropIn), before) << name;
    }
}

TEST(PlanFixTest, TwoDashesAreLeftToThePerson) {
    Fixture machine("ubuntu-24.04");
    machine.Write("/proc/cmdline", "ro quiet -- single\n");
    FixPlan plan = PlanOf(machine);
    EXPECT_EQ(plan.kind, FixKind::kConflict);
    EXPECT_EQ(plan.steps[0],
              "add lsm=lockdown,landlock,yama,apparmor,bpf before it, in /etc/default/grub");
}

TEST(PlanFixTest, ARebootThatSomeoneElsePreparedIsSeen) {
    Fixture machine("ubuntu-24.04");
    machine.Write("/boot/grub/grub.cfg", "\tlinux /boot/vmlinuz ro lsm=yama,bpf\n");
    EXPECT_EQ(PlanOf(machine).kind, FixKind::kRebootDue);
}

TEST(PlanFixTest, WhatIsNoListOfNamesNeverReachesAShell) {
    Fixture machine("ubuntu-24.04");
    machine.Write("/sys/kernel/security/lsm", "capability,$(reboot)");
    EXPECT_EQ(PlanOf(machine).kind, FixKind::kImpossible);
}

TEST(PlanFixTest, SystemdBootWithoutItsFileStartsFromTheRunningLine) {
    Fixture machine("systemd-boot");
    std::filesystem::remove(machine.root() + "/etc/kernel/cmdline");
    FixPlan plan = PlanOf(machine);
    EXPECT_EQ(plan.steps[1], "root=UUID=0b1c ro quiet lsm=lockdown,apparmor,bpf");
}

}  // namespace
}  // namespace bailiff::doctor
