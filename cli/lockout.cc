// SPDX-License-Identifier: Apache-2.0
#include "cli/lockout.h"

#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "base/file.h"
#include "enforce/lock.h"
#include "enforce/pins.h"
#include "fmt/format.h"
#include "policy/explain.h"

namespace bailiff::cli {
namespace {

std::string ExecutableOf(const std::string& process) {
    std::error_code failed;
    std::string path = std::filesystem::read_symlink("/proc/" + process + "/exe", failed);
    return failed ? std::string() : path;
}

// One line of /proc/self/maps that maps a file.
struct Mapping {
    uint64_t start = 0;
    std::string path;
};

std::vector<Mapping> MappedFiles() {
    std::vector<Mapping> mappings;
    std::istringstream lines(ReadFile("/proc/self/maps").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        size_t path = line.find('/');
        if (path == std::string::npos || line.ends_with(" (deleted)")) continue;
        Mapping mapping{.start = 0, .path = line.substr(path)};
        std::istringstream(line) >> std::hex >> mapping.start;
        mappings.push_back(std::move(mapping));
    }
    return mappings;
}

std::string_view WordOf(blf_ask ask) {
    switch (ask) {
        case BLF_ASK_FILE_OPEN_READ:
            return "reading";
        case BLF_ASK_FILE_OPEN_WRITE:
            return "writing";
        case BLF_ASK_FILE_OPEN_READ_WRITE:
            return "reading and writing";
        default:
            return "opening";
    }
}

std::string RuleName(const policy::ImageView& image, uint32_t number) {
    if (number == BLF_NONE) return "a rule that cannot be told";
    blf_rule rule = image.rule(number);
    return fmt::format("{}, rule {} ({}:{})", image.text(image.policy(rule.policy).name),
                       rule.number, image.text(rule.file), rule.line);
}

std::string WhoOf(const Need& need) {
    return need.exe.empty() ? "root" : fmt::format("root's {}", need.exe);
}

}  // namespace

std::vector<Need> NeedsOfOff() {
    const std::string own = ExecutableOf("self");
    const std::string starter = ExecutableOf(std::to_string(getppid()));
    std::vector<Need> needs;
    if (!own.empty()) needs.push_back({BLF_ASK_FILE_OPEN, own, starter, "to start bailiff"});
    std::set<std::string> seen = {own};
    for (const Mapping& mapping : MappedFiles()) {
        if (!seen.insert(mapping.path).second) continue;
        // The interpreter is opened by execve(), before the process is bailiff.
        if (mapping.start == getauxval(AT_BASE)) {
            needs.push_back({BLF_ASK_FILE_OPEN, mapping.path, starter, "to start bailiff"});
        } else {
            needs.push_back({BLF_ASK_FILE_OPEN_READ, mapping.path, own, "to load bailiff"});
        }
    }
    needs.push_back({BLF_ASK_FILE_OPEN_READ_WRITE, enforce::kLockFile, own, "for its turn"});
    for (std::string_view directory : {enforce::kDirectory, enforce::kStaging}) {
        needs.push_back({BLF_ASK_FILE_OPEN_READ, std::string(directory), own, "to remove pins"});
    }
    return needs;
}

std::optional<Lockout> FindLockout(const policy::ImageView& image, const std::vector<Need>& needs) {
    for (const Need& need : needs) {
        policy::Request request{.ask = need.ask, .path = need.path, .exe = need.exe, .uid = 0};
        Result<policy::ClassifiedRequest> classified = policy::ClassifyRequest(image, request);
        if (!classified) continue;
        policy::Decision verdict = policy::Decide(image, *classified);
        if (verdict.error) return Lockout{RuleName(image, verdict.rule), need};
    }
    return std::nullopt;
}

Error LockoutError(const Lockout& lockout) {
    const Need& need = lockout.need;
    std::string who = need.exe.empty() ? "the process that starts bailiff" : need.exe;
    return {ErrorKind::kPolicy,
            fmt::format("{} would lock bailiff out: it denies {} {} of {}, which `bailiff off` "
                        "needs {}",
                        lockout.rule, WhoOf(need), WordOf(need.ask), need.path, need.why),
            fmt::format("let it through in the rule: except: {{ exe: [{}] }}, or give the rule "
                        "other paths\n"
                        "apply it all the same, and be unable to take it away: --allow-lockout",
                        who)};
}

Error BlameLockout(Error error, const Lockout& lockout) {
    if (error.kind != ErrorKind::kNoPrivilege && error.kind != ErrorKind::kSystem) return error;
    return {ErrorKind::kKernel,
            fmt::format("the policy denied bailiff's own calls, so it cannot be proved: {}, which "
                        "also denies {} {} of {} ({})",
                        lockout.rule, WhoOf(lockout.need), WordOf(lockout.need.ask),
                        lockout.need.path, error.message),
            "leave bailiff out of the rule with except: { exe: [...] }"};
}

}  // namespace bailiff::cli
