// SPDX-License-Identifier: Apache-2.0
#include "cli/lockout.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "cli/myself.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/compile.h"
#include "policy/read_policy.h"

namespace bailiff::cli {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;

policy::Image ImageOf(const std::string& rules, const std::string& mode = "enforce") {
    policy::Sources sources = {
        {"p.yaml", "bailiff: 1\npolicy: p\nmode: " + mode + "\nrules:\n" + rules, {}}};
    policy::Diagnostics diagnostics;
    auto policies = policy::ReadPolicies(
        sources, [](std::string_view) { return std::optional<uint32_t>(0); }, &diagnostics);
    auto image = policy::Compile(std::move(policies), sources, &diagnostics);
    EXPECT_FALSE(diagnostics.has_errors()) << diagnostics.Render(sources);
    return image.value_or(policy::EmptyImage());
}

// bailiff in /opt, started by a shell.
std::vector<Need> Needs() {
    return {{BLF_ASK_FILE_OPEN, "/opt/bailiff", "/usr/bin/bash", "to start bailiff"},
            {BLF_ASK_FILE_OPEN_READ, "/usr/lib/libc.so.6", "/opt/bailiff", "to load bailiff"},
            {BLF_ASK_FILE_OPEN_READ_WRITE, "/run/bailiff.lock", "/opt/bailiff", "for its turn"}};
}

std::string Denied(const std::string& rules, const std::string& mode = "enforce") {
    policy::Image image = ImageOf(rules, mode);
    std::optional<Lockout> lockout = FindLockout(image.view(), Needs());
    return lockout ? lockout->need.path + " " + lockout->rule : "";
}

TEST(Lockout, IsFoundInEachNeedAndNamesTheRule) {
    EXPECT_EQ(Denied("  - {deny: file.open, path: /opt/*}\n"), "/opt/bailiff p, rule 1 (p.yaml:5)");
    EXPECT_EQ(Denied("  - {deny: file.read, path: /x}\n  - {deny: file.read, path: /usr/**}\n"),
              "/usr/lib/libc.so.6 p, rule 2 (p.yaml:6)");
    EXPECT_EQ(Denied("  - {deny: file.write, path: /run/**}\n"),
              "/run/bailiff.lock p, rule 1 (p.yaml:5)");
}

TEST(Lockout, IsNoneWhereBailiffGetsThrough) {
    EXPECT_EQ(Denied("  - {deny: file.write, path: /usr/**}\n"), "");
    EXPECT_EQ(Denied("  - {deny: file.read, path: /opt/*}\n"), "") << "execve reads nothing for it";
    EXPECT_EQ(Denied("  - {deny: file.open, path: /usr/**, except: {exe: /opt/bailiff}}\n"), "");
    EXPECT_EQ(Denied("  - {deny: file.open, path: /**, except: {uid: 0}}\n"), "");
    EXPECT_EQ(Denied("  - {deny: file.open, path: /**}\n", "audit"), "");
}

TEST(Lockout, BailiffIsKnownByItsDigestToo) {
    const std::string own = ExecutableOf("self");
    const auto is_denied = [&](const std::string& digest) {
        const policy::Image image = ImageOf(
            "  - {deny: file.write, path: /run/**, except: {exe-sha256: " + digest + "}}\n");
        const auto starter = std::string("/usr/bin/bash");
        EXPECT_TRUE(FindLockout(image.view(), {{BLF_ASK_FILE_WRITE, "/run/x", starter, ""}}));
        return FindLockout(image.view(), {{BLF_ASK_FILE_WRITE, "/run/x", own, ""}}).has_value();
    };
    EXPECT_FALSE(is_denied(DigestOfMyself()));
    EXPECT_TRUE(is_denied(std::string(64, '0')));
}

TEST(Lockout, AnExceptionForBailiffDoesNotStartIt) {
    EXPECT_EQ(Denied("  - {deny: file.open, path: /opt/*, except: {exe: /opt/bailiff}}\n"),
              "/opt/bailiff p, rule 1 (p.yaml:5)");
    policy::Image image = ImageOf("  - {deny: file.open, path: /opt/*}\n");
    Error error = LockoutError(*FindLockout(image.view(), Needs()));
    EXPECT_EQ(error.kind, ErrorKind::kPolicy);
    EXPECT_EQ(error.message,
              "p, rule 1 (p.yaml:5) would lock bailiff out: it denies root's /usr/bin/bash opening "
              "of /opt/bailiff, which `bailiff off` needs to start bailiff");
    EXPECT_THAT(error.remedy, HasSubstr("except: { exe: [/usr/bin/bash] }"));
}

TEST(Lockout, OwnNeedsAreReadFromTheRunningProcess) {
    std::vector<Need> needs = NeedsOfOff();
    std::string own = std::filesystem::read_symlink("/proc/self/exe");
    std::string starter =
        std::filesystem::read_symlink("/proc/" + std::to_string(getppid()) + "/exe");
    EXPECT_EQ(needs[0].path, own);
    EXPECT_EQ(needs[0].exe, starter);
    auto of = [&](std::string_view part) {
        return *std::ranges::find_if(needs, [&](const Need& n) { return n.path.contains(part); });
    };
    EXPECT_EQ(of("/ld-linux").exe, starter) << "the kernel opens it for whoever calls execve()";
    EXPECT_EQ(of("/ld-linux").ask, BLF_ASK_FILE_OPEN);
    EXPECT_EQ(of("/libc.so").exe, own);
    EXPECT_THAT(needs, Contains(Field(&Need::path, "/run/bailiff.lock")));
    EXPECT_THAT(needs, Contains(Field(&Need::path, "/sys/fs/bpf/bailiff")));
}

// What the commands of this process could not do under the rules: "ASK PATH" of the first.
std::string LockedOut(const std::string& rules) {
    std::vector<Need> needs = NeedsOfOff();
    for (Need& need : NeedsOfApply()) needs.push_back(std::move(need));
    policy::Image image = ImageOf("  - " + rules + "\n");
    std::optional<Lockout> lockout = FindLockout(image.view(), needs);
    return lockout ? lockout->need.command + " " + lockout->need.path : "";
}

TEST(Lockout, StartingIsNeeded) {
    const std::string own = std::filesystem::read_symlink("/proc/self/exe");
    EXPECT_EQ(LockedOut("{deny: exec, path: " + own + "}"), "off " + own);
    EXPECT_EQ(LockedOut("{deny: file.mmap-exec, path: " + own + "}"), "off " + own);
    EXPECT_THAT(LockedOut("{deny: file.mmap-exec, name: \"ld-linux*\"}"), HasSubstr("/ld-linux"));
    EXPECT_EQ(LockedOut("{deny: [exec.script, exec.memfd, exec.mprotect], path: /**}"), "");
}

TEST(Lockout, LoadingIsNeeded) {
    for (const char* operation :
         {"file.read", "file.stat", "exec.library", "file.mmap-exec", "exec"}) {
        EXPECT_THAT(LockedOut("{deny: " + std::string(operation) + ", name: \"libc.so*\"}"),
                    HasSubstr("/libc.so"))
            << operation;
    }
    EXPECT_EQ(LockedOut("{deny: [file.modify, file.ioctl], path: \"/usr/**\"}"), "");
}

TEST(Lockout, TheLockIsNeeded) {
    for (const char* operation : {"file.write", "file.create", "file.lock"}) {
        EXPECT_EQ(LockedOut("{deny: " + std::string(operation) + ", path: /run/*}"),
                  "off /run/bailiff.lock")
            << operation;
    }
    EXPECT_EQ(LockedOut("{deny: [file.delete, file.truncate, file.append], path: /run/*}"), "");
}

TEST(Lockout, PinsAreNeeded) {
    const std::string pins = "/sys/fs/bpf/bailiff";
    EXPECT_EQ(LockedOut("{deny: file.rmdir, path: /sys/fs/bpf/*}"), "off " + pins);
    EXPECT_EQ(LockedOut("{deny: file.list, path: /sys/fs/bpf/bailiff_staging}"),
              "off " + pins + "_staging");
    EXPECT_EQ(LockedOut("{deny: file.stat, path: " + pins + "}"), "off " + pins);
    EXPECT_EQ(LockedOut("{deny: file.delete, path: " + pins + "/**}"), "off " + pins + "/slot");
    EXPECT_EQ(LockedOut("{deny: file.modify, name: link_file_open}"),
              "off " + pins + "/link_file_open");
}

TEST(Lockout, ProbeDirectoriesAreNeededByApply) {
    const std::string probe = "/sys/fs/bpf/bailiff_proof";
    EXPECT_EQ(LockedOut("{deny: file.mkdir, path: /sys/**}"), "apply " + probe + "_from");
    EXPECT_EQ(LockedOut("{deny: file.rename, path: " + probe + "_from}"),
              "apply " + probe + "_from");
    EXPECT_EQ(LockedOut("{deny: file.rename, path: " + probe + "_to}"), "apply " + probe + "_to");
    EXPECT_EQ(LockedOut("{deny: file.rmdir, path: " + probe + "_to}"), "apply " + probe + "_to");
    policy::Image image = ImageOf("  - {deny: file.mkdir, path: /sys/**}\n");
    Error error = LockoutError(*FindLockout(image.view(), NeedsOfApply()));
    EXPECT_THAT(error.message,
                AllOf(HasSubstr("denies root's "), HasSubstr(" file.mkdir of " + probe),
                      HasSubstr("which `bailiff apply` needs to be proved")));
    EXPECT_THAT(error.remedy, HasSubstr("be unable to apply another"));
}

TEST(Lockout, ExchangingProgramsIsNeededByApply) {
    const std::string staging = "/sys/fs/bpf/bailiff_staging";
    EXPECT_EQ(LockedOut("{deny: file.mkdir, path: " + staging + "}"), "apply " + staging);
    EXPECT_EQ(LockedOut("{deny: file.create, name: link_path_mknod}"),
              "apply " + staging + "/link_path_mknod");
    EXPECT_EQ(LockedOut("{deny: file.rename, path: /sys/fs/bpf/bailiff}"),
              "apply /sys/fs/bpf/bailiff");
    EXPECT_EQ(LockedOut("{deny: file.open, path: /}"), "apply /");
}

TEST(Lockout, ReadingWhatTellsOfTheKernelIsNeededByApply) {
    EXPECT_EQ(LockedOut("{deny: file.read, path: /proc/sys/**}"),
              "apply /proc/sys/kernel/osrelease");
    EXPECT_EQ(LockedOut("{deny: file.open, path: /proc/*/status}"),
              "apply /proc/" + std::to_string(getpid()) + "/status");
    EXPECT_EQ(LockedOut("{deny: [file.write, file.stat], path: /proc/**}"), "");
}

TEST(Lockout, IsBlamedForWhatItDeniedToApply) {
    policy::Image image = ImageOf("  - {deny: file.open, path: /**}\n");
    Lockout lockout = *FindLockout(image.view(), Needs());
    Error error = BlameLockout({ErrorKind::kNoPrivilege, "pidfd_open: not permitted", {}}, lockout);
    EXPECT_EQ(error.kind, ErrorKind::kKernel);
    EXPECT_THAT(error.message, HasSubstr("p, rule 1 (p.yaml:5)"));
    EXPECT_THAT(error.message, HasSubstr("pidfd_open"));
    EXPECT_EQ(BlameLockout({ErrorKind::kUnknown, "x", {}}, lockout).message, "x");
    EXPECT_EQ(BlameLockout({ErrorKind::kHalfDone, "x", "off"}, lockout).remedy, "off");
    error = BlameLockout({ErrorKind::kKernel, "not proved", "doctor"}, lockout);
    EXPECT_EQ(error.message, "not proved");
    EXPECT_THAT(error.remedy,
                HasSubstr("p, rule 1 (p.yaml:5) denies root's /usr/bin/bash opening"));
}

}  // namespace
}  // namespace bailiff::cli
