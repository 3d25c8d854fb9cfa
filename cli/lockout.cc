// SPDX-License-Identifier: Apache-2.0
#include "cli/lockout.h"

#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <sstream>

#include "abi/operation.h"
#include "base/file.h"
#include "cli/myself.h"
#include "enforce/lock.h"
#include "enforce/pins.h"
#include "enforce/probe.h"
#include "enforce/proof_ground.h"
#include "enforce/state.h"
#include "fmt/format.h"
#include "policy/explain.h"
#include "policy/words.h"

namespace bailiff::cli {
namespace {

// A file that /proc/self/maps names.
struct Mapping {
    uint64_t start = 0;  // of the first part
    bool executable = false;
};

std::map<std::string, Mapping> MappedFiles() {
    std::map<std::string, Mapping> files;
    std::istringstream lines(ReadFile("/proc/self/maps").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        size_t path = line.find('/');
        if (path == std::string::npos || line.ends_with(" (deleted)")) continue;
        Mapping mapping;
        char dash = 0;
        uint64_t end = 0;
        std::string rights;
        std::istringstream(line) >> std::hex >> mapping.start >> dash >> end >> rights;
        Mapping& file = files.try_emplace(line.substr(path), mapping).first->second;
        file.executable |= rights.contains('x');
    }
    return files;
}

// Opening in words; of everything else the operations that the rule denies.
std::string WordOf(blf_ask ask, blf_set denied) {
    switch (ask) {
        case BLF_ASK_FILE_OPEN:
            return "opening";
        case BLF_ASK_FILE_OPEN_READ:
            return "reading";
        case BLF_ASK_FILE_OPEN_WRITE:
            return "writing";
        case BLF_ASK_FILE_OPEN_READ_WRITE:
            return "reading and writing";
        default:
            return policy::OperationList(policy::AskOperations()[ask] & denied);
    }
}

// The exec of a program that is on disk, as far as who starts it is asked.
void AddStart(const std::string& own, const std::string& starter, std::vector<Need>* needs) {
    if (own.empty()) return;
    needs->push_back({BLF_ASK_FILE_OPEN, own, starter, "to start bailiff"});
    needs->push_back({BLF_ASK_EXEC, own, starter, "to start bailiff"});
    needs->push_back({BLF_ASK_FILE_MMAP_EXEC, own, own, "to start bailiff"});
}

void AddMapped(const std::string& own, const std::string& starter, std::vector<Need>* needs) {
    for (const auto& [path, mapping] : MappedFiles()) {
        if (path == own) continue;
        // The interpreter is opened by execve(), before the process is bailiff.
        if (mapping.start == getauxval(AT_BASE)) {
            needs->push_back({BLF_ASK_FILE_OPEN, path, starter, "to start bailiff"});
            needs->push_back({BLF_ASK_FILE_MMAP_EXEC, path, own, "to start bailiff"});
            continue;
        }
        needs->push_back({BLF_ASK_FILE_OPEN_READ, path, own, "to load bailiff"});
        if (!mapping.executable) continue;
        needs->push_back({BLF_ASK_FILE_STAT, path, own, "to load bailiff"});
        needs->push_back({BLF_ASK_EXEC_LIBRARY, path, own, "to load bailiff"});
    }
}

void AddLock(const std::string& own, std::vector<Need>* needs) {
    // The file stays; after a reboot it is made anew.
    for (blf_ask ask : {BLF_ASK_FILE_OPEN_READ_WRITE, BLF_ASK_FILE_CREATE, BLF_ASK_FILE_LOCK}) {
        needs->push_back({ask, enforce::kLockFile, own, "for its turn"});
    }
}

std::vector<std::string> PinNames() {
    std::vector<std::string> names = {"slot", "control", "probes"};
    for (const char* hook : {
#define BLF_HOOK(hook, kind, function, arguments, operations, why) #hook,
#include "abi/hooks.def"
#undef BLF_HOOK
         }) {
        names.push_back(enforce::LinkPinName(hook));
    }
    return names;
}

void AddPins(const std::string& own, std::vector<Need>* needs) {
    for (std::string_view directory : {enforce::kDirectory, enforce::kStaging}) {
        const std::string path(directory);
        for (blf_ask ask : {BLF_ASK_FILE_STAT, BLF_ASK_FILE_OPEN_READ, BLF_ASK_FILE_LIST}) {
            needs->push_back({ask, path, own, "to remove pins"});
        }
        for (const std::string& name : PinNames()) {
            needs->push_back(
                {BLF_ASK_FILE_DELETE, enforce::PinPath(path, name), own, "to remove pins"});
        }
        needs->push_back({BLF_ASK_FILE_RMDIR, path, own, "to remove pins"});
    }
}

// To put programs in the place of others.
void AddExchange(const std::string& own, std::vector<Need>* needs) {
    const std::string staging(enforce::kStaging);
    const std::string directory(enforce::kDirectory);
    needs->push_back({BLF_ASK_FILE_MKDIR, staging, own, "to pin programs", "apply"});
    for (const std::string& name : PinNames()) {
        needs->push_back({BLF_ASK_FILE_CREATE, enforce::PinPath(staging, name), own,
                          "to pin programs", "apply"});
    }
    for (blf_ask ask : {BLF_ASK_FILE_MOVE_DIRECTORY_FROM, BLF_ASK_FILE_MOVE_DIRECTORY_TO}) {
        for (const std::string& path : {staging, directory}) {
            needs->push_back({ask, path, own, "to exchange programs", "apply"});
        }
    }
    // bpf_map__reuse_fd() opens it for a free descriptor.
    needs->push_back({BLF_ASK_FILE_OPEN_READ, "/", own, "to exchange programs", "apply"});
}

std::string RuleName(const policy::ImageView& image, uint32_t number) {
    if (number == BLF_NONE) return "a rule that cannot be told";
    blf_rule rule = image.rule(number);
    return fmt::format("{}, {} ({}:{})", image.text(image.policy(rule.policy).name),
                       policy::RuleLabel(rule), image.text(rule.file), rule.line);
}

std::string WhoOf(const Need& need) {
    return need.exe.empty() ? "root" : fmt::format("root's {}", need.exe);
}

std::string PlaceOf(const Need& need) {
    return need.path + (need.lost ? " in a tree that is mounted nowhere" : "");
}

std::string DenialOf(const Lockout& lockout) {
    return fmt::format("{} denies {} {} of {}", lockout.rule, WhoOf(lockout.need), lockout.denied,
                       PlaceOf(lockout.need));
}

}  // namespace

std::vector<Need> NeedsOfOff() {
    const std::string own = ExecutableOf("self");
    const std::string starter = ExecutableOf(std::to_string(getppid()));
    std::vector<Need> needs;
    AddStart(own, starter, &needs);
    AddMapped(own, starter, &needs);
    AddLock(own, &needs);
    AddPins(own, &needs);
    return needs;
}

std::vector<Need> NeedsOfApply() {
    const std::string own = ExecutableOf("self");
    const std::string from = std::string(enforce::kProbe) + "_from";
    const std::string to = std::string(enforce::kProbe) + "_to";
    std::vector<Need> needs;
    for (const auto& [ask, path] :
         {std::pair(BLF_ASK_FILE_MKDIR, from), std::pair(BLF_ASK_FILE_MOVE_DIRECTORY_FROM, from),
          std::pair(BLF_ASK_FILE_MOVE_DIRECTORY_TO, to), std::pair(BLF_ASK_FILE_RMDIR, to)}) {
        needs.push_back({ask, path, own, "to be proved", "apply"});
    }
    for (const auto& [ask, name] : {std::pair(BLF_ASK_FILE_CREATE, enforce::kProofFile),
                                    std::pair(BLF_ASK_FILE_MKDIR, enforce::kProofDirectory)}) {
        needs.push_back({ask, std::string("/") + name, own, "to be proved", "apply", true});
    }
    AddExchange(own, &needs);
    for (const std::string& path : enforce::FilesThatDecide()) {
        needs.push_back({BLF_ASK_FILE_OPEN_READ, path, own, "to know the kernel", "apply"});
    }
    return needs;
}

std::vector<Need> AllNeeds() {
    std::vector<Need> needs = NeedsOfOff();
    std::ranges::copy(NeedsOfApply(), std::back_inserter(needs));
    return needs;
}

// The user is root, whoever asks now; of all else who will ask is taken to be like this process.
std::optional<Lockout> FindLockout(const policy::ImageView& image, const std::vector<Need>& needs) {
    std::map<std::string, Result<blf_who>> whos;
    policy::Asker asker = Myself();
    asker.uid = 0;
    const std::string own = asker.exe;
    const bool by_digest = (image.root().used >> BLF_BY_EXE_SHA256 & 1) != 0;
    const std::string digest = by_digest ? DigestOfMyself() : std::string();
    for (const Need& need : needs) {
        asker.exe = need.exe;
        asker.exe_sha256 = need.exe == own ? digest : std::string();
        if (!whos.contains(need.exe)) whos.emplace(need.exe, policy::Sift(image, asker));
        const Result<blf_who>& who = whos.at(need.exe);
        policy::Request request = policy::RequestOf(need.ask, need.path, {});
        request.lost = need.lost;
        const Result<policy::ObjectClass> object = policy::ClassifyObject(image, request);
        if (!object || !who) continue;
        const policy::Decision verdict =
            policy::Decide(image, {.ask = need.ask, .object = *object, .who = &*who});
        if (!verdict.error) continue;
        const blf_set denied =
            verdict.rule == BLF_NONE ? ~blf_set{0} : image.OperationsOf(verdict.rule);
        return Lockout{RuleName(image, verdict.rule), need, WordOf(need.ask, denied)};
    }
    return std::nullopt;
}

Error LockoutError(const Lockout& lockout) {
    const Need& need = lockout.need;
    std::string who = need.exe.empty() ? "the process that starts bailiff" : need.exe;
    return {ErrorKind::kPolicy,
            fmt::format("{} would lock bailiff out: it denies {} {} of {}, which `bailiff {}` "
                        "needs {}",
                        lockout.rule, WhoOf(need), lockout.denied, PlaceOf(need), need.command,
                        need.why),
            fmt::format("let it through in the rule: except: {{ exe: [{}] }}, or give the rule "
                        "other paths\n"
                        "apply it all the same, and be unable to {}: --allow-lockout",
                        who, need.command == "off" ? "take it away" : "apply another")};
}

Error BlameLockout(Error error, const Lockout& lockout) {
    const std::string remedy = "leave bailiff out of the rule with except: { exe: [...] }";
    if (error.kind == ErrorKind::kKernel) {
        error.remedy = fmt::format("{}: {}\n{}", DenialOf(lockout), remedy, error.remedy);
        return error;
    }
    if (error.kind != ErrorKind::kNoPrivilege && error.kind != ErrorKind::kSystem) return error;
    return {ErrorKind::kKernel,
            fmt::format("the policy denied bailiff's own calls, so it cannot be proved: {}, which "
                        "also denies {} {} of {} ({})",
                        lockout.rule, WhoOf(lockout.need), lockout.denied, PlaceOf(lockout.need),
                        error.message),
            remedy};
}

std::optional<Error> BlameWhatIsInForce(Error error) {
    if (error.kind != ErrorKind::kNoPrivilege || geteuid() != 0) return std::nullopt;
    std::vector<Need> needs = AllNeeds();
    std::ranges::stable_partition(
        needs, [&](const Need& need) { return error.message.contains(need.path + ":"); });
    for (std::string_view directory : {enforce::kDirectory, enforce::kStaging}) {
        const Result<enforce::ImageMap> image = enforce::ImagePublishedIn(directory);
        if (!image) continue;
        const std::optional<Lockout> lockout = FindLockout(image->view(), needs);
        if (!lockout) continue;
        error.message +=
            fmt::format("; what is in force denies bailiff's own calls: {}", DenialOf(*lockout));
        error.remedy = fmt::format(
            "`bailiff off` takes that away; where it is denied as well: rm -r {}, or a reboot",
            enforce::kDirectory);
        return error;
    }
    return std::nullopt;
}

}  // namespace bailiff::cli
