// SPDX-License-Identifier: Apache-2.0
//
// Single requirements; whole machines are in report_test.cc.
#include "doctor/requirements.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "doctor/fixture.h"

namespace bailiff::doctor {
namespace {

enforce::KernelFacts SoundFacts() {
    return enforce::Probe(Fixture("debian-12").root());
}

Finding Find(const enforce::KernelFacts& facts, std::string_view name) {
    auto findings = CheckRequirements(facts);
    return *std::ranges::find(findings, name, &Finding::name);
}

TEST(HardRequirementsTest, NothingToSayOnASoundMachine) {
    EXPECT_TRUE(HardRequirements(SoundFacts()));
}

TEST(HardRequirementsTest, NamesTheRemedy) {
    auto facts = SoundFacts();
    facts.active_lsms = std::vector<std::string>{"lockdown", "capability", "yama"};
    auto status = HardRequirements(facts);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ErrorKind::kKernel);
    EXPECT_EQ(status.error().message,
              "active LSMs: lockdown,capability,yama: bpf is not among them");
    EXPECT_EQ(status.error().remedy, "boot with  lsm=lockdown,yama,integrity,bpf");
}

TEST(HardRequirementsTest, NamesAllThatFailsAndNotWhatFollowsFromIt) {
    auto facts = enforce::Probe(Fixture("no-securityfs").root());
    facts.ftrace = 0;
    auto status = HardRequirements(facts);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message,
              "securityfs: not mounted at /sys/kernel/security; ftrace: off "
              "(kernel.ftrace_enabled=0)");
    EXPECT_TRUE(status.error().remedy.starts_with(
        "sudo mount -t securityfs securityfs /sys/kernel/security\nsudo sysctl"));
}

TEST(HardRequirementsTest, MissingPrivilegeIsAnotherKindOfFailure) {
    auto facts = SoundFacts();
    facts.privilege = enforce::PrivilegeFacts{false, true, false, true};
    auto status = HardRequirements(facts);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ErrorKind::kNoPrivilege);
    EXPECT_EQ(status.error().message, "capabilities: no CAP_SYS_ADMIN, no CAP_PERFMON");
    facts.ftrace = 0;
    EXPECT_EQ(HardRequirements(facts).error().kind, ErrorKind::kKernel);
}

TEST(RequirementsTest, TheCapabilityThatIsMissingIsNamed) {
    auto found = [](bool sys_admin, bool bpf, bool perfmon) {
        auto facts = SoundFacts();
        facts.privilege = enforce::PrivilegeFacts{sys_admin, bpf, perfmon, true};
        Finding finding = Find(facts, "capabilities");
        EXPECT_EQ(finding.state == State::kOk, sys_admin);
        return finding.found;
    };
    EXPECT_EQ(found(true, false, false), "CAP_SYS_ADMIN");
    EXPECT_EQ(found(false, true, true), "CAP_BPF and CAP_PERFMON, and no CAP_SYS_ADMIN");
    EXPECT_EQ(found(false, false, true), "no CAP_SYS_ADMIN, no CAP_BPF");
    EXPECT_EQ(found(false, false, false), "no CAP_SYS_ADMIN");
}

TEST(HardRequirementsTest, WhatCannotBeToldRefusesAndSaysWhy) {
    auto facts = SoundFacts();
    facts.active_lsms = FailErrno("/sys/kernel/security/lsm", EACCES);
    facts.privilege = FailErrno("/proc/self/status", EACCES);
    auto status = HardRequirements(facts);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ErrorKind::kNoPrivilege);
    EXPECT_EQ(status.error().remedy, "run as root");
    Conclusion conclusion = Conclude(CheckRequirements(facts));
    EXPECT_EQ(conclusion.refusal, ErrorKind::kUnknown);
    EXPECT_EQ(
        conclusion.text,
        "Whether this kernel can enforce cannot be told: 1 requirement could not be checked.");
}

TEST(HardRequirementsTest, WhoIsRefusedWithEveryPrivilegeIsNotToldToRunAsRoot) {
    auto facts = SoundFacts();
    facts.btf = FailErrno("/sys/kernel/btf/vmlinux", EPERM);
    auto status = HardRequirements(facts);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ErrorKind::kNoPrivilege);
    EXPECT_TRUE(status.error().message.contains("BTF: cannot tell: /sys/kernel/btf/vmlinux"));
    EXPECT_TRUE(status.error().remedy.starts_with("a policy in force denies it"));
}

TEST(RequirementsTest, AnOldKernelIsRefusedEvenWithBackports) {
    auto facts = SoundFacts();
    facts.release = enforce::KernelRelease{{5, 14, 0}, "5.14.0-503.el9", "5.14.0"};
    Finding finding = Find(facts, "kernel");
    EXPECT_EQ(finding.state, State::kFail);
    EXPECT_TRUE(finding.meaning.contains("a program can be skipped"));
}

TEST(RequirementsTest, AbsentSwitchesAreNoFailure) {
    auto facts = SoundFacts();
    facts.jit = std::nullopt;
    facts.ftrace = std::nullopt;
    facts.bpf_stats = std::nullopt;
    facts.kptr_restrict = std::nullopt;
    EXPECT_TRUE(HardRequirements(facts));
    EXPECT_EQ(Find(facts, "JIT").found, "always on");
    EXPECT_EQ(Find(facts, "kernel.bpf_stats").state, State::kWarn);
    EXPECT_EQ(Find(facts, "kernel symbols").state, State::kOk);
}

TEST(RequirementsTest, TheConfigurationFileMayBeMissing) {
    auto facts = SoundFacts();
    facts.config = Fail(ErrorKind::kSystem, "none");
    EXPECT_EQ(Find(facts, "BPF LSM").found, "built in: bpf is active");
    facts.active_lsms = std::vector<std::string>{"capability"};
    EXPECT_EQ(Find(facts, "BPF LSM").found, "built in: its attach points are in the BTF");
}

TEST(RequirementsTest, DigestsOfAnotherAlgorithmAreOfNoUse) {
    auto facts = SoundFacts();
    facts.ima = true;
    facts.command_line = "ro ima_hash=sha256";
    EXPECT_EQ(Find(facts, "file digests").state, State::kOk);
    facts.command_line = "ro ima_hash=sha512";
    const Finding finding = Find(facts, "file digests");
    EXPECT_EQ(finding.state, State::kWarn);
    EXPECT_EQ(finding.found, "IMA tells those of another algorithm (ima_hash=sha512)");
    facts.ima = false;
    EXPECT_EQ(Find(facts, "file digests").found, "not told: there is no /sys/kernel/security/ima");
}

TEST(RequirementsTest, LockdownIntegrityIsFine) {
    auto facts = SoundFacts();
    facts.lockdown = enforce::Lockdown::kIntegrity;
    EXPECT_TRUE(HardRequirements(facts));
}

}  // namespace
}  // namespace bailiff::doctor
