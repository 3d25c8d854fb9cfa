// SPDX-License-Identifier: Apache-2.0
#include "enforce/probe.h"

#include <bpf/btf.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <memory>

#include "base/file.h"

namespace bailiff::enforce {
namespace {

class ProbeTest : public testing::Test {
  protected:
    ProbeTest() {
        std::string name =
            (std::filesystem::temp_directory_path() / "bailiff-probe-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) std::abort();
        root_ = name;
    }
    ~ProbeTest() override { std::filesystem::remove_all(root_); }

    void Write(const std::string& path, std::string_view text) {
        std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
        ASSERT_TRUE(WriteFileAtomically(root_ + path, text));
    }
    void WriteRelease(std::string_view release) {
        Write("/proc/sys/kernel/osrelease", release);
        Write("/proc/sys/kernel/version", "#1 SMP\n");
    }

    std::string root_;
};

TEST_F(ProbeTest, AnEmptyRootYieldsNoFactAndNoCrash) {
    KernelFacts facts = Probe(root_ + "/nowhere");
    EXPECT_FALSE(facts.release);
    EXPECT_FALSE(facts.config);
    EXPECT_FALSE(facts.mounts);
    EXPECT_FALSE(facts.active_lsms);
    EXPECT_FALSE(facts.lockdown);
    EXPECT_FALSE(facts.btf);
    EXPECT_FALSE(facts.privilege);
    ASSERT_TRUE(facts.jit);
    EXPECT_FALSE(facts.jit->has_value());
}

TEST_F(ProbeTest, ThisMachineCanBeProbed) {
    KernelFacts facts = Probe();
    EXPECT_TRUE(facts.release);
    EXPECT_TRUE(facts.mounts);
    EXPECT_TRUE(facts.privilege);
}

TEST_F(ProbeTest, TheNamesOfActiveLsmsAreKeptInOrder) {
    Write("/proc/self/mounts", "securityfs /sys/kernel/security securityfs rw 0 0\n");
    Write("/sys/kernel/security/lsm", "lockdown,capability,bpf");
    KernelFacts facts = Probe(root_);
    ASSERT_TRUE(facts.active_lsms);
    EXPECT_EQ(*facts.active_lsms, (std::vector<std::string>{"lockdown", "capability", "bpf"}));
    ASSERT_TRUE(facts.lockdown);
    EXPECT_EQ(*facts.lockdown, Lockdown::kInactive);
}

TEST_F(ProbeTest, WhatCannotBeReadIsNotAbsent) {
    Write("/proc/self/mounts", "securityfs /sys/kernel/security securityfs rw 0 0\n");
    for (const char* path : {"/sys/kernel/btf/vmlinux", "/sys/kernel/security/lockdown",
                             "/proc/sys/kernel/ftrace_enabled"}) {
        std::filesystem::create_directories(root_ + path);  // opens, and cannot be read
    }
    KernelFacts facts = Probe(root_);
    ASSERT_FALSE(facts.btf);
    EXPECT_NE(facts.btf.error().kind, ErrorKind::kKernel);
    EXPECT_FALSE(facts.lockdown);
    EXPECT_FALSE(facts.ftrace);
}

TEST_F(ProbeTest, OnlyNamesPassAsNames) {
    Write("/proc/self/mounts", "securityfs /sys/kernel/security securityfs rw 0 0\n");
    for (const char* list : {"a,$(reboot)", "a b", "a,,b", "a\"b", "a;b"}) {
        Write("/sys/kernel/security/lsm", list);
        EXPECT_FALSE(Probe(root_).active_lsms) << list;
    }
}

TEST_F(ProbeTest, ALaterMountHidesAnEarlierOne) {
    Write("/proc/self/mounts", "bpf /sys/fs/bpf bpf rw 0 0\ntmpfs /sys/fs/bpf tmpfs rw 0 0\n");
    KernelFacts facts = Probe(root_);
    ASSERT_TRUE(facts.mounts);
    EXPECT_FALSE(facts.mounts->bpffs);
}

TEST_F(ProbeTest, TheConfigurationIsReadPlainOrCompressed) {
    WriteRelease("6.12.1-test\n");
    gzFile file = gzopen((root_ + "/proc/config.gz").c_str(), "wb");
    ASSERT_NE(file, nullptr);
    gzputs(file, "CONFIG_BPF=y\nCONFIG_BPF_LSM=y\n");
    gzclose(file);
    auto config = Probe(root_).config;
    ASSERT_TRUE(config);
    EXPECT_TRUE(config->bpf_lsm);
    EXPECT_EQ(config->source, "/proc/config.gz");
    Write("/boot/config-6.12.1-test", "# CONFIG_BPF_LSM is not set\n");
    config = Probe(root_).config;
    ASSERT_TRUE(config);
    EXPECT_FALSE(config->bpf_lsm);
    EXPECT_EQ(config->source, "/boot/config-6.12.1-test");
}

TEST_F(ProbeTest, SwitchesAreNumbers) {
    Write("/proc/sys/net/core/bpf_jit_enable", "2\n");
    Write("/proc/sys/kernel/ftrace_enabled", "yes\n");
    KernelFacts facts = Probe(root_);
    ASSERT_TRUE(facts.jit);
    EXPECT_EQ(*facts.jit, 2);
    EXPECT_FALSE(facts.ftrace);
}

TEST_F(ProbeTest, WhatIsNoBtfIsRefused) {
    Write("/sys/kernel/btf/vmlinux", "not BTF");
    auto types = Probe(root_).btf;
    ASSERT_FALSE(types);
    EXPECT_EQ(types.error().kind, ErrorKind::kKernel);
}

TEST_F(ProbeTest, BtfTellsHooksArgumentsAndHelpers) {
    std::unique_ptr<btf, void (*)(btf*)> types(btf__new_empty(), btf__free);
    int number = btf__add_int(types.get(), "int", 4, BTF_INT_SIGNED);
    btf__add_union(types.get(), "security_list_options", 8);
    btf__add_field(types.get(), "file_open", number, 0, 0);
    int prototype = btf__add_func_proto(types.get(), number);
    for (const char* name : {"a", "b", "c"}) btf__add_func_param(types.get(), name, number);
    btf__add_func(types.get(), "bpf_lsm_file_open", BTF_FUNC_STATIC, prototype);
    btf__add_func(types.get(), "bpf_lsm_verify_prog", BTF_FUNC_STATIC, prototype);
    btf__add_enum(types.get(), "bpf_func_id", 4);
    btf__add_enum_value(types.get(), "BPF_FUNC_get_current_task_btf", 158);
    __u32 size = 0;
    const void* bytes = btf__raw_data(types.get(), &size);
    Write("/sys/kernel/btf/vmlinux", {static_cast<const char*>(bytes), size});

    auto facts = Probe(root_).btf;
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->hooks, 1U);
    EXPECT_EQ(facts->helpers_missing, (std::vector<std::string_view>{"task_storage_get", "loop"}));
    std::vector<std::string> there;  // both programs on this hook
    for (const HookMismatch& mismatch : facts->mismatches) {
        if (!mismatch.found) continue;
        there.emplace_back(mismatch.hook);
        EXPECT_EQ(mismatch.wanted, 1U);
        EXPECT_EQ(mismatch.found, 3U);
    }
    EXPECT_EQ(there, (std::vector<std::string>{"file_open", "sysctl_open"}));
}

TEST(ParseReleaseTest, KnowsTheFormsThatDistributionsUse) {
    auto exact = [](std::string_view release, std::string_view version) {
        auto parsed = ParseRelease(release, version);
        return parsed ? parsed->exact : parsed.error().message;
    };
    EXPECT_EQ(exact("6.12.117+deb13-amd64", "#1 SMP Debian 6.12.117-1 (2026-10-02)"), "6.12.117");
    EXPECT_EQ(exact("6.1.0-41-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-1 (x)"), "6.1.192");
    EXPECT_EQ(exact("6.8.0-45-generic", "#45-Ubuntu SMP"), "6.8.0");
    EXPECT_EQ(exact("7.3-rc1", "#1 SMP"), "7.3.0");
    EXPECT_EQ(exact("7.3.4+", "#1 Debian unknown"), "7.3.4");
    EXPECT_EQ(exact("next", "#1"), "not a kernel release: `next`");
    EXPECT_EQ(exact("6", "#1"), "not a kernel release: `6`");
}

TEST(ParseLockdownTest, ReadsTheLevelInBrackets) {
    EXPECT_EQ(ParseLockdown("[none] integrity confidentiality"), Lockdown::kNone);
    EXPECT_EQ(ParseLockdown("none [integrity] confidentiality"), Lockdown::kIntegrity);
    EXPECT_EQ(ParseLockdown("none integrity [confidentiality]"), Lockdown::kConfidentiality);
    EXPECT_FALSE(ParseLockdown("none integrity"));
}

TEST(ParsePrivilegeTest, EachCapabilityByItself) {
    auto parse = [](const char* effective) {
        return *ParsePrivilege(fmt::format("CapEff:\t{}\n", effective), "0 0 4294967295");
    };
    EXPECT_TRUE(parse("0000008000000000").bpf);
    EXPECT_FALSE(parse("0000008000000000").perfmon);
    EXPECT_FALSE(parse("0000008000000000").sys_admin);
    EXPECT_TRUE(parse("0000004000000000").perfmon);
    EXPECT_TRUE(parse("0000000000200000").sys_admin);
    EXPECT_FALSE(parse("0000000000200000").bpf);
    EXPECT_FALSE(parse("0000000000000000").sys_admin);
    EXPECT_FALSE(ParsePrivilege("Name: x\n", "0 0 4294967295"));
}

TEST(ParsePrivilegeTest, AnotherUserNamespaceIsNotThisOne) {
    EXPECT_TRUE(ParsePrivilege("CapEff: 0\n", "0 0 4294967295\n")->initial_user_namespace);
    EXPECT_FALSE(ParsePrivilege("CapEff: 0\n", "0 1000 1\n")->initial_user_namespace);
    EXPECT_FALSE(ParsePrivilege("CapEff: 0\n", "")->initial_user_namespace);
}

}  // namespace
}  // namespace bailiff::enforce
