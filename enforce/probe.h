// SPDX-License-Identifier: Apache-2.0
//
// What the running kernel is and has, read from /proc, /sys and /boot. Nothing is loaded, changed
// or judged here: doctor/requirements.h says what each fact means. A fact that could not be read
// is an Error that says why; kNoPrivilege when root could have read it.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace bailiff::enforce {

class KernelTypes;

struct KernelVersion {
    unsigned major = 0;
    unsigned minor = 0;
    unsigned patch = 0;
    auto operator<=>(const KernelVersion&) const = default;
};

struct KernelRelease {
    KernelVersion version;
    std::string name;   // as `uname -r` says it
    std::string exact;  // x.y.z, also where the release hides it (Debian: "6.1.0-41-amd64")
};

enum class Lockdown { kInactive, kNone, kIntegrity, kConfidentiality };

struct ConfigFact {
    bool bpf_lsm = false;  // CONFIG_BPF_LSM=y
    std::string source;    // the file that says so
};

// One hook of abi/hooks.def that this kernel does not have, or has with another signature.
struct HookMismatch {
    std::string_view hook;
    unsigned wanted = 0;            // arguments
    std::optional<unsigned> found;  // none: no such hook
};

struct BtfFacts {
    unsigned hooks = 0;  // LSM hooks that have an attach point; the kernel may refuse a dozen
    std::vector<HookMismatch> mismatches;
    std::vector<std::string_view> helpers_missing;  // of those our programs call
    std::shared_ptr<const KernelTypes> types;       // what the above was found in
};

struct MountFacts {
    bool securityfs = false;  // at /sys/kernel/security
    bool bpffs = false;       // at /sys/fs/bpf
};

// Of this process's effective set.
struct PrivilegeFacts {
    bool sys_admin = false;  // to the kernel it includes the two below
    bool bpf = false;
    bool perfmon = false;
    bool initial_user_namespace = false;  // elsewhere the kernel ignores all three
    uint64_t effective = 0;               // all of them, a bit each
};

// A number in /proc/sys; none: this kernel has no such switch.
using Switch = Result<std::optional<long>>;

struct KernelFacts {
    Result<KernelRelease> release;
    Result<ConfigFact> config;
    Result<MountFacts> mounts;
    Result<std::vector<std::string>> active_lsms;  // in the order in which they are asked
    Result<Lockdown> lockdown;
    Result<std::string> command_line;
    Result<BtfFacts> btf;
    Switch jit;            // net.core.bpf_jit_enable; absent where it is always on
    Switch ftrace;         // kernel.ftrace_enabled
    Switch bpf_stats;      // kernel.bpf_stats_enabled
    Switch kptr_restrict;  // kernel.kptr_restrict: 2 hides addresses of symbols from root too
    Result<bool> ima;      // it tells the digests of files
    Result<PrivilegeFacts> privilege;
};

// `root` is put before every path that is read: empty for this machine, a directory in tests.
KernelFacts Probe(const std::string& root = {});

// Of what Probe() reads here, what a kernel is not found fit without (doctor/requirements.h), as
// programs see this process open it.
std::vector<std::string> FilesThatDecide();

// The text of the single files, for Probe and its tests.
Result<KernelRelease> ParseRelease(std::string_view release, std::string_view version);
Result<Lockdown> ParseLockdown(std::string_view text);
Result<PrivilegeFacts> ParsePrivilege(std::string_view status, std::string_view uid_map);

}  // namespace bailiff::enforce
