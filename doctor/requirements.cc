// SPDX-License-Identifier: Apache-2.0
#include "doctor/requirements.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "doctor/lsm_list.h"

namespace bailiff::doctor {
namespace {

using enforce::KernelFacts;

constexpr enforce::KernelVersion kOldestKernel{6, 1, 0};

Observation Ok(std::string found) {
    return {State::kOk, std::move(found), {}, {}, false};
}

Observation Failed(std::string found, std::string meaning, std::vector<std::string> fix) {
    return {State::kFail, std::move(found), std::move(meaning), std::move(fix), false};
}

Observation Unknown(const Error& why, std::vector<std::string> fix = {}) {
    bool needs_root = why.kind == ErrorKind::kNoPrivilege;
    if (needs_root) fix = {"run as root"};
    return {State::kUnknown, "cannot tell: " + why.message, {}, std::move(fix), needs_root};
}

Observation Version(const KernelFacts& facts) {
    if (!facts.release) return Unknown(facts.release.error());
    std::string found = facts.release->exact;
    if (!facts.release->name.starts_with(found)) found += fmt::format(" ({})", facts.release->name);
    if (facts.release->version >= kOldestKernel) {
        if (facts.btf && facts.btf->hooks != 0) {
            found += fmt::format(", {} LSM hooks", facts.btf->hooks);
        }
        return Ok(std::move(found));
    }
    // Backports bring the helpers to older versions; not what 6.1 mended: before it a program that
    // is preempted makes the next one on that CPU be skipped, which would be a silent allow.
    std::string lacks = "a program can be skipped when another is preempted";
    if (facts.btf && !facts.btf->helpers_missing.empty()) {
        lacks = fmt::format("it lacks bpf_{}", fmt::join(facts.btf->helpers_missing, ", bpf_"));
    }
    return Failed(std::move(found), "older than 6.1, the oldest that is supported: " + lacks,
                  {"boot a kernel of 6.1 or newer"});
}

Observation Types(const KernelFacts& facts) {
    if (!facts.btf) {
        if (facts.btf.error().kind != ErrorKind::kKernel) return Unknown(facts.btf.error());
        return Failed(facts.btf.error().message,
                      "programs cannot be fitted to this kernel's structures",
                      {"boot a kernel built with CONFIG_DEBUG_INFO_BTF=y"});
    }
    if (!facts.btf->helpers_missing.empty()) {
        return Failed(
            fmt::format("present, without bpf_{}", fmt::join(facts.btf->helpers_missing, ", bpf_")),
            "programs call this and would not load", {"boot a kernel of 6.1 or newer"});
    }
    return Ok("present: /sys/kernel/btf/vmlinux");
}

// Functions bpf_lsm_<hook> exist only where CONFIG_BPF_LSM=y: the types tell when no file does.
Observation BpfLsm(const KernelFacts& facts) {
    if (facts.config && facts.config->bpf_lsm) {
        return Ok(fmt::format("CONFIG_BPF_LSM=y in {}", facts.config->source));
    }
    if (facts.config) {
        return Failed(fmt::format("CONFIG_BPF_LSM is not set in {}", facts.config->source),
                      "this kernel was built without the BPF LSM; no boot parameter brings it",
                      {"boot a kernel built with CONFIG_BPF_LSM=y"});
    }
    if (facts.active_lsms && HasBpf(*facts.active_lsms)) return Ok("built in: bpf is active");
    if (facts.btf && facts.btf->hooks != 0) return Ok("built in: its attach points are in the BTF");
    return Unknown(facts.config.error());
}

bool LsmWasTried(const KernelFacts& facts) {
    if (!facts.command_line) return false;
    return NamesBpf(LastParameter(*facts.command_line, "lsm").value_or(""));
}

std::vector<std::string> BootWithBpf(const KernelFacts& facts) {
    if (facts.config && !facts.config->bpf_lsm)
        return {"boot a kernel built with CONFIG_BPF_LSM=y"};
    if (LsmWasTried(facts)) return {"boot a kernel that knows bpf: this one was given it in lsm="};
    enforce::KernelVersion version = facts.release ? facts.release->version : kOldestKernel;
    return {"boot with  lsm=" + LsmValue(*facts.active_lsms, version)};
}

Observation ActiveLsms(const KernelFacts& facts) {
    if (!facts.active_lsms) return Unknown(facts.active_lsms.error());
    std::string list = fmt::format("{}", fmt::join(*facts.active_lsms, ","));
    if (HasBpf(*facts.active_lsms)) return Ok(std::move(list));
    return Failed(list + ": bpf is not among them",
                  "programs would load, attach, be listed, and never be asked", BootWithBpf(facts));
}

Observation Securityfs(const KernelFacts& facts) {
    if (!facts.mounts) return Unknown(facts.mounts.error());
    if (facts.mounts->securityfs) return Ok("/sys/kernel/security");
    return Failed("not mounted at /sys/kernel/security",
                  "which LSMs are active can be read nowhere else",
                  {"sudo mount -t securityfs securityfs /sys/kernel/security"});
}

Observation Bpffs(const KernelFacts& facts) {
    if (!facts.mounts) return Unknown(facts.mounts.error());
    if (facts.mounts->bpffs) return Ok("/sys/fs/bpf");
    return Failed("not mounted at /sys/fs/bpf",
                  "programs are pinned there; without a pin enforcement ends with the process",
                  {"sudo mount -t bpf bpf /sys/fs/bpf"});
}

Observation Jit(const KernelFacts& facts) {
    if (!facts.jit) return Unknown(facts.jit.error());
    if (!*facts.jit) return Ok("always on");
    long value = facts.jit->value_or(1);
    if (value != 0) return Ok(fmt::format("on (net.core.bpf_jit_enable={})", value));
    // kernel/bpf/verifier.c: "callbacks are not allowed in non-JITed programs"; bpf_loop has one.
    return Failed("off (net.core.bpf_jit_enable=0)", "programs with loops would not load",
                  {"sudo sysctl net.core.bpf_jit_enable=1"});
}

Observation Ftrace(const KernelFacts& facts) {
    if (!facts.ftrace) return Unknown(facts.ftrace.error());
    if (!*facts.ftrace) return Ok("not built in: no switch can turn programs off");
    long value = facts.ftrace->value_or(1);
    if (value != 0) return Ok(fmt::format("on (kernel.ftrace_enabled={})", value));
    return Failed("off (kernel.ftrace_enabled=0)",
                  "programs would load, attach, be listed, and never be asked",
                  {"sudo sysctl kernel.ftrace_enabled=1",
                   "and take kernel.ftrace_enabled=0 out of /etc/sysctl.d or the boot parameters"});
}

Observation KernelLockdown(const KernelFacts& facts) {
    if (!facts.lockdown) return Unknown(facts.lockdown.error());
    switch (*facts.lockdown) {
        case enforce::Lockdown::kInactive:
            return Ok("not active: names can be read");
        case enforce::Lockdown::kNone:
            return Ok("none: names can be read");
        case enforce::Lockdown::kIntegrity:
            return Ok("integrity: names can be read");
        case enforce::Lockdown::kConfidentiality:
            break;
    }
    return Failed("confidentiality: names cannot be read",
                  "bpf_probe_read is forbidden at this level and programs would not load",
                  {"boot with  lockdown=integrity  (the level cannot be lowered while running)"});
}

std::string Describe(const enforce::HookMismatch& mismatch) {
    if (!mismatch.found) return fmt::format("{} is missing", mismatch.hook);
    return fmt::format("{} takes {} arguments, not {}", mismatch.hook, *mismatch.found,
                       mismatch.wanted);
}

Observation Hooks(const KernelFacts& facts) {
    if (!facts.btf && facts.btf.error().kind != ErrorKind::kKernel) {
        return Unknown(facts.btf.error());
    }
    if (!facts.btf) return Unknown({ErrorKind::kKernel, "there is no BTF to look them up in", {}});
    if (facts.btf->mismatches.empty()) return Ok("all that programs use are there");
    std::vector<std::string> found;
    for (const auto& mismatch : facts.btf->mismatches) found.push_back(Describe(mismatch));
    return Failed(fmt::format("{}", fmt::join(found, "; ")),
                  "a program there would not load, or would read the wrong argument",
                  {"boot another kernel, and report this one to bailiff"});
}

Observation Privilege(const KernelFacts& facts) {
    if (!facts.privilege) return Unknown(facts.privilege.error());
    const enforce::PrivilegeFacts& has = *facts.privilege;
    if (!has.initial_user_namespace) {
        return Failed("inside a user namespace", "this process cannot load programs",
                      {"run on the host, outside containers"});
    }
    if (has.sys_admin) return Ok("CAP_SYS_ADMIN");
    // Opening a map by its id takes CAP_SYS_ADMIN itself; with it, CAP_BPF and CAP_PERFMON are had.
    if (has.bpf && has.perfmon) {
        return Failed("CAP_BPF and CAP_PERFMON, and no CAP_SYS_ADMIN",
                      "this process cannot open the image in force, nor see what is attached",
                      {"run as root, or add CAP_SYS_ADMIN"});
    }
    std::string lacks = "no CAP_SYS_ADMIN";
    if (has.bpf != has.perfmon) lacks += has.bpf ? ", no CAP_PERFMON" : ", no CAP_BPF";
    return Failed(std::move(lacks), "this process cannot load programs", {"run as root"});
}

Observation Stats(const KernelFacts& facts) {
    if (facts.bpf_stats && facts.bpf_stats->value_or(0) != 0) {
        return Ok("on: time per decision is measured");
    }
    return {State::kWarn,
            "off: time per decision is not measured (sysctl kernel.bpf_stats_enabled=1 does)",
            {},
            {},
            false};
}

// Without the address of mount_lock nothing can be remembered about directories (bpf/now.h).
Observation Symbols(const KernelFacts& facts) {
    if (!facts.kptr_restrict) return Unknown(facts.kptr_restrict.error());
    const long value = facts.kptr_restrict->value_or(0);
    if (value != 2) return Ok(fmt::format("addresses are told (kernel.kptr_restrict={})", value));
    return {State::kWarn,
            "hidden (kernel.kptr_restrict=2)",
            "directories are not remembered: as right, and slower at every open",
            {"sudo sysctl kernel.kptr_restrict=1",
             "what is in force remembers only after  bailiff off  and  bailiff apply"},
            false};
}

// bpf_ima_file_hash(); `apply` sees whether it is a SHA-256 that it tells.
Observation FileDigests(const KernelFacts& facts) {
    if (!facts.ima) return Unknown(facts.ima.error());
    const auto algorithm = LastParameter(facts.command_line.value_or(""), "ima_hash");
    if (*facts.ima && algorithm.value_or("sha256") == "sha256") {
        return Ok("IMA tells them: `exe-sha256` can be used");
    }
    return {State::kWarn,
            *facts.ima ? "IMA tells those of another algorithm (ima_hash=" + *algorithm + ")"
                       : "not told: there is no /sys/kernel/security/ima",
            "policies that say `exe-sha256` cannot be applied",
            {*facts.ima ? "boot without  ima_hash=  or with  ima_hash=sha256"
                        : "boot a kernel built with CONFIG_IMA=y"},
            false};
}

// Root was refused, so being root is no remedy.
bool WasRefusedAllTheSame(const Finding& finding, const KernelFacts& facts) {
    return finding.needs_root && facts.privilege && facts.privilege->sys_admin &&
           facts.privilege->initial_user_namespace;
}

struct Requirement {
    std::string_view name;
    Need need;
    Observation (*check)(const KernelFacts&);
};

constexpr auto kRequirements = std::to_array<Requirement>({
    {"kernel", Need::kKernel, Version},
    {"BTF", Need::kKernel, Types},
    {"BPF LSM", Need::kKernel, BpfLsm},
    {"securityfs", Need::kKernel, Securityfs},
    {kActiveLsms, Need::kKernel, ActiveLsms},
    {"hooks", Need::kKernel, Hooks},
    {"JIT", Need::kKernel, Jit},
    {"ftrace", Need::kKernel, Ftrace},
    {"lockdown", Need::kKernel, KernelLockdown},
    {"bpffs", Need::kKernel, Bpffs},
    {"capabilities", Need::kPrivilege, Privilege},
    {"kernel symbols", Need::kAdvice, Symbols},
    {"file digests", Need::kAdvice, FileDigests},
    {"kernel.bpf_stats", Need::kAdvice, Stats},
});

std::string Count(std::ptrdiff_t number) {
    return number == 1 ? "1 requirement" : fmt::format("{} requirements", number);
}

}  // namespace

std::vector<Finding> CheckRequirements(const KernelFacts& facts) {
    std::vector<Finding> findings;
    for (const Requirement& requirement : kRequirements) {
        Finding finding;
        static_cast<Observation&>(finding) = requirement.check(facts);
        finding.name = requirement.name;
        finding.need = requirement.need;
        if (WasRefusedAllTheSame(finding, facts)) {
            finding.fix = {
                "a policy in force denies it (`bailiff off` takes that away), or an LSM"};
        }
        findings.push_back(std::move(finding));
    }
    return findings;
}

Conclusion Conclude(const std::vector<Finding>& findings) {
    auto count = [&](Need need, State state) {
        return std::ranges::count_if(findings, [&](const Finding& finding) {
            return finding.need == need && finding.state == state;
        });
    };
    auto failed = count(Need::kKernel, State::kFail);
    auto unknown = count(Need::kKernel, State::kUnknown);
    if (failed != 0) {
        return {fmt::format("This kernel cannot enforce yet: {} {}.", Count(failed),
                            failed == 1 ? "fails" : "fail"),
                ErrorKind::kKernel};
    }
    if (unknown != 0) {
        return {fmt::format("Whether this kernel can enforce cannot be told: {} could not be "
                            "checked.",
                            Count(unknown)),
                ErrorKind::kUnknown};
    }
    if (std::ranges::any_of(findings, &Finding::refuses)) {
        return {"This kernel can enforce, but this process may not apply.",
                ErrorKind::kNoPrivilege};
    }
    return {"This kernel can enforce.", std::nullopt};
}

Status HardRequirements(const KernelFacts& facts) {
    std::vector<Finding> refusing = CheckRequirements(facts);
    std::erase_if(refusing, [](const Finding& finding) { return !finding.refuses(); });
    if (refusing.empty()) return {};
    // What cannot be told is mostly a consequence of what fails.
    auto fails = [](const Finding& finding) { return finding.state == State::kFail; };
    if (std::ranges::any_of(refusing, fails)) std::erase_if(refusing, std::not_fn(fails));
    std::vector<std::string> found, remedies;
    bool privilege_only = true;
    for (const Finding& finding : refusing) {
        found.push_back(fmt::format("{}: {}", finding.name, finding.found));
        for (const std::string& step : finding.fix) {
            if (std::ranges::find(remedies, step) == remedies.end()) remedies.push_back(step);
        }
        privilege_only &= finding.need == Need::kPrivilege || finding.needs_root;
    }
    return Fail(privilege_only ? ErrorKind::kNoPrivilege : ErrorKind::kKernel,
                fmt::format("{}", fmt::join(found, "; ")),
                fmt::format("{}", fmt::join(remedies, "\n")));
}

}  // namespace bailiff::doctor
