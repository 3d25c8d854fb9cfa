// SPDX-License-Identifier: Apache-2.0
#include "enforce/probe.h"

#include <bpf/btf.h>
#include <fmt/core.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <set>
#include <sstream>

#include "base/file.h"
#include "enforce/kernel_types.h"

namespace bailiff::enforce {
namespace {

// The youngest helpers that bpf/ calls, by their name in enum bpf_func_id without the prefix. All
// three are in 6.1; task storage came with 5.11 and bpf_loop with 5.17.
constexpr auto kWantedHelpers =
    std::to_array<std::string_view>({"get_current_task_btf", "task_storage_get", "loop"});

// linux/capability.h
constexpr unsigned kCapSysAdmin = 21;
constexpr unsigned kCapPerfmon = 38;
constexpr unsigned kCapBpf = 39;

// What cannot be told counts as there: whoever opens it is told why it cannot. access(2) is nothing
// that a policy in force is asked about.
bool Exists(const std::string& path) {
    return access(path.c_str(), F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

// The file without its last line's end; none when there is no such file.
Result<std::optional<std::string>> ReadIfPresent(const std::string& path) {
    if (!Exists(path)) return std::nullopt;
    std::string text = TRY(ReadFile(path));
    return std::string(TrimEnd(text));
}

template <typename Number>
std::optional<Number> ParseNumber(std::string_view text, int base = 10) {
    Number number{};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// x.y or x.y.z at the beginning of `text`.
std::optional<KernelVersion> LeadingVersion(std::string_view text) {
    KernelVersion found;
    std::string owned(text);
    int parts = std::sscanf(owned.c_str(), "%u.%u.%u", &found.major, &found.minor, &found.patch);
    if (parts < 2) return std::nullopt;
    return found;
}

Result<KernelRelease> ProbeRelease(const std::string& root) {
    std::string release = TRY(ReadFile(root + "/proc/sys/kernel/osrelease"));
    std::string version = TRY(ReadFile(root + "/proc/sys/kernel/version"));
    return ParseRelease(TrimEnd(release), TrimEnd(version));
}

// The value of `option` in a kernel's configuration; gzread also reads what is not compressed.
Result<bool> ConfigHas(const std::string& path, std::string_view option) {
    std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rbe"), gzclose);
    if (!file) return FailErrno(path);
    std::array<char, 4096> line;
    std::string wanted = std::string(option) + "=y";
    while (gzgets(file.get(), line.data(), static_cast<int>(line.size())) != nullptr) {
        if (TrimEnd(line.data()) == wanted) return true;
    }
    int code = Z_OK;
    gzerror(file.get(), &code);
    if (code < 0) return Fail(ErrorKind::kSystem, path + ": cannot be decompressed");
    return false;
}

Result<ConfigFact> ProbeConfig(const std::string& root, const Result<KernelRelease>& release) {
    std::vector<std::string> places = {"/proc/config.gz"};
    if (release) {
        places.insert(places.begin(), "/boot/config-" + release->name);
        places.push_back("/usr/lib/modules/" + release->name + "/config");
        places.push_back("/lib/modules/" + release->name + "/config");
    }
    for (const std::string& place : places) {
        if (!Exists(root + place)) continue;
        bool bpf_lsm = TRY(ConfigHas(root + place, "CONFIG_BPF_LSM"));
        return ConfigFact{bpf_lsm, place};
    }
    return Fail(ErrorKind::kSystem, "this kernel's configuration is in none of the usual files");
}

Result<MountFacts> ProbeMounts(const std::string& root) {
    std::istringstream lines(TRY(ReadFile(root + "/proc/self/mounts")));
    MountFacts facts;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string device, place, type;
        fields >> device >> place >> type;
        // A later line is mounted over an earlier one.
        if (place == "/sys/kernel/security") facts.securityfs = type == "securityfs";
        if (place == "/sys/fs/bpf") facts.bpffs = type == "bpf";
    }
    return facts;
}

// Names end up in a boot loader's shell fragment, so nothing but names is let through.
bool IsLsmName(std::string_view name) {
    auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    return !name.empty() && std::ranges::all_of(name, allowed);
}

Status SecurityfsIn(const Result<MountFacts>& mounts) {
    if (!mounts) return std::unexpected(mounts.error());
    if (mounts->securityfs) return {};
    return Fail(ErrorKind::kSystem, "securityfs is not mounted at /sys/kernel/security");
}

Result<std::vector<std::string>> ProbeActiveLsms(const std::string& root,
                                                 const Result<MountFacts>& mounts) {
    TRY_STATUS(SecurityfsIn(mounts));
    std::istringstream text(TRY(ReadFile(root + "/sys/kernel/security/lsm")));
    std::vector<std::string> names;
    for (std::string name; std::getline(text, name, ',');) {
        name = TrimEnd(name);
        if (!IsLsmName(name)) {
            return Fail(ErrorKind::kSystem, "/sys/kernel/security/lsm: not a list of LSM names");
        }
        names.push_back(std::move(name));
    }
    return names;
}

Result<Lockdown> ProbeLockdown(const std::string& root, const Result<MountFacts>& mounts) {
    TRY_STATUS(SecurityfsIn(mounts));
    auto text = TRY(ReadIfPresent(root + "/sys/kernel/security/lockdown"));
    if (!text) return Lockdown::kInactive;
    return ParseLockdown(*text);
}

Result<bool> ProbeIma(const std::string& root, const Result<MountFacts>& mounts) {
    TRY_STATUS(SecurityfsIn(mounts));
    return Exists(root + "/sys/kernel/security/ima");
}

Switch ProbeSwitch(const std::string& root, const std::string& path) {
    auto text = TRY(ReadIfPresent(root + path));
    if (!text) return std::nullopt;
    auto number = ParseNumber<long>(*text);
    if (!number) return Fail(ErrorKind::kSystem, path + ": not a number: " + *text);
    return number;
}

Result<PrivilegeFacts> ProbePrivilege(const std::string& root) {
    std::string status = TRY(ReadFile(root + "/proc/self/status"));
    auto uid_map = TRY(ReadIfPresent(root + "/proc/self/uid_map"));
    return ParsePrivilege(status, uid_map.value_or("0 0 4294967295"));
}

Result<KernelTypes> ReadTypes(const std::string& root) {
    std::string path = root + "/sys/kernel/btf/vmlinux";
    if (!Exists(path)) return Fail(ErrorKind::kKernel, "/sys/kernel/btf/vmlinux does not exist");
    std::string raw = TRY(ReadFile(path));
    Btf types(btf__new(raw.data(), static_cast<__u32>(raw.size())));
    if (!types) return Fail(ErrorKind::kKernel, "/sys/kernel/btf/vmlinux is not readable as BTF");
    return KernelTypes(std::move(types));
}

// Attach points are functions bpf_lsm_<hook>. A few of that prefix are none (bpf_lsm_verify_prog):
// the true hooks are the members of union security_list_options.
unsigned CountHooks(const KernelTypes& types) {
    int options = btf__find_by_name_kind(types.get(), "security_list_options", BTF_KIND_UNION);
    if (options < 0) return 0;
    const btf_type* list = btf__type_by_id(types.get(), static_cast<__u32>(options));
    unsigned count = 0;
    for (__u32 i = 0; i < btf_vlen(list); ++i) {
        std::string_view hook = btf__name_by_offset(types.get(), btf_members(list)[i].name_off);
        if (types.ArgumentsOf(fmt::format("bpf_lsm_{}", hook))) ++count;
    }
    return count;
}

std::vector<HookMismatch> MismatchedHooks(const KernelTypes& types) {
    std::vector<HookMismatch> mismatches;
    for (const HookInfo& hook : kHooks) {
        std::optional<unsigned> found = types.ArgumentsOf(hook.function);
        if (!Fits(hook, found)) mismatches.push_back({hook.name, hook.arguments, found});
    }
    return mismatches;
}

std::vector<std::string_view> MissingHelpers(const btf* types) {
    std::set<std::string, std::less<>> known;
    int id = btf__find_by_name_kind(types, "bpf_func_id", BTF_KIND_ENUM);
    if (id > 0) {
        const btf_type* helpers = btf__type_by_id(types, static_cast<__u32>(id));
        for (__u32 i = 0; i < btf_vlen(helpers); ++i) {
            known.emplace(btf__name_by_offset(types, btf_enum(helpers)[i].name_off));
        }
    }
    std::vector<std::string_view> missing;
    for (std::string_view helper : kWantedHelpers) {
        if (!known.contains(fmt::format("BPF_FUNC_{}", helper))) missing.push_back(helper);
    }
    return missing;
}

Result<BtfFacts> ProbeBtf(const std::string& root) {
    auto types = std::make_shared<const KernelTypes>(TRY(ReadTypes(root)));
    return BtfFacts{CountHooks(*types), MismatchedHooks(*types), MissingHelpers(types->get()),
                    types};
}

}  // namespace

std::vector<std::string> FilesThatDecide() {
    const std::string self = fmt::format("/proc/{}/", getpid());
    std::vector<std::string> files = {"/proc/sys/kernel/osrelease",
                                      "/proc/sys/kernel/version",
                                      self + "mounts",
                                      "/sys/kernel/security/lsm",
                                      "/sys/kernel/security/lockdown",
                                      "/sys/kernel/btf/vmlinux",
                                      "/proc/sys/net/core/bpf_jit_enable",
                                      "/proc/sys/kernel/ftrace_enabled",
                                      self + "status",
                                      self + "uid_map"};
    std::erase_if(files, [](const std::string& file) { return !Exists(file); });
    return files;
}

Result<KernelRelease> ParseRelease(std::string_view release, std::string_view version) {
    auto parsed = LeadingVersion(release);
    if (!parsed) {
        return Fail(ErrorKind::kSystem, fmt::format("not a kernel release: `{}`", release));
    }
    // Debian's releases say 6.1.0-41-amd64; the package's version follows in the build string.
    constexpr std::string_view kDebian = " Debian ";
    if (size_t at = version.find(kDebian); at != std::string_view::npos) {
        if (auto exact = LeadingVersion(version.substr(at + kDebian.size()))) parsed = exact;
    }
    std::string exact = fmt::format("{}.{}.{}", parsed->major, parsed->minor, parsed->patch);
    return KernelRelease{*parsed, std::string(release), std::move(exact)};
}

Result<Lockdown> ParseLockdown(std::string_view text) {
    if (text.contains("[none]")) return Lockdown::kNone;
    if (text.contains("[integrity]")) return Lockdown::kIntegrity;
    if (text.contains("[confidentiality]")) return Lockdown::kConfidentiality;
    return Fail(ErrorKind::kSystem,
                fmt::format("/sys/kernel/security/lockdown: unknown level: {}", text));
}

Result<PrivilegeFacts> ParsePrivilege(std::string_view status, std::string_view uid_map) {
    std::optional<uint64_t> effective;
    std::istringstream lines{std::string(status)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string name, value;
        fields >> name >> value;
        if (name == "CapEff:") effective = ParseNumber<uint64_t>(value, 16);
    }
    if (!effective) return Fail(ErrorKind::kSystem, "/proc/self/status: no CapEff line");
    auto has = [&](unsigned capability) { return ((*effective >> capability) & 1) != 0; };
    std::istringstream map{std::string(uid_map)};
    uint64_t inside = 1, outside = 1, count = 0;
    map >> inside >> outside >> count;
    bool whole = inside == 0 && outside == 0 && count == 0xffffffff;
    return PrivilegeFacts{has(kCapSysAdmin), has(kCapBpf), has(kCapPerfmon), whole, *effective};
}

KernelFacts Probe(const std::string& root) {
    KernelFacts facts;
    facts.release = ProbeRelease(root);
    facts.config = ProbeConfig(root, facts.release);
    facts.mounts = ProbeMounts(root);
    facts.active_lsms = ProbeActiveLsms(root, facts.mounts);
    facts.lockdown = ProbeLockdown(root, facts.mounts);
    facts.ima = ProbeIma(root, facts.mounts);
    facts.command_line = ReadFile(root + "/proc/cmdline");
    facts.btf = ProbeBtf(root);
    facts.jit = ProbeSwitch(root, "/proc/sys/net/core/bpf_jit_enable");
    facts.ftrace = ProbeSwitch(root, "/proc/sys/kernel/ftrace_enabled");
    facts.bpf_stats = ProbeSwitch(root, "/proc/sys/kernel/bpf_stats_enabled");
    facts.kptr_restrict = ProbeSwitch(root, "/proc/sys/kernel/kptr_restrict");
    facts.privilege = ProbePrivilege(root);
    return facts;
}

}  // namespace bailiff::enforce
