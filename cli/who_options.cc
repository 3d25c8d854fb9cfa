// SPDX-License-Identifier: Apache-2.0
#include "cli/who_options.h"

#include <utility>

#include "cli/policy_files.h"
#include "fmt/format.h"
#include "policy/messages.h"
#include "policy/parse_digest.h"
#include "policy/read_number.h"
#include "policy/words.h"

namespace bailiff::cli {
namespace {

const char* HelpOf(blf_by dimension) {
    switch (dimension) {
        case BLF_BY_EXE:
            return "Absolute path of the executable of who asks";
        case BLF_BY_EXE_SHA256:
            return "SHA-256 of the executable's content, as sha256sum prints it";
        case BLF_BY_PARENT:
            return "Executable of the process that started it";
        case BLF_BY_SCRIPT:
            return "The script that the executable interprets";
        case BLF_BY_ANCESTORS:
            return "Executables of ancestors, commas between";
        case BLF_BY_CGROUP:
            return "Its cgroup, as /proc/PID/cgroup has it (0::PATH)";
        case BLF_BY_UID:
            return "Its effective user, by number or name [0]";
        case BLF_BY_GID:
            return "Its groups, commas between";
        case BLF_BY_LOGIN_UID:
            return "The user of its login, or `unset`";
        case BLF_BY_SESSION:
            return "`tty` or `none`";
        case BLF_BY_USER_NAMESPACE:
            return "`host` or `other`";
        case BLF_BY_CAPABILITY:
            return "Capabilities that it holds, commas between";
        case BLF_BY_PORT:
            return "Port of the address";
        case BLF_BY_PROTOCOL:
            return "Protocol of the socket, by name or number: tcp";
        case BLF_BY_FAMILY:
            return "Its family [that of the address]: inet6";
        case BLF_BY_SOCKET_TYPE:
            return "Its type: stream";
        case BLF_BY_SOURCE:
            return "What is mounted, as the call names it: /dev/sda1";
        case BLF_BY_LOCKDOWN:
            return "What lockdown could forbid: dev-mem";
        case BLF_BY_COMMAND:
            return "Command of bpf(2): prog-load";
        case BLF_BY_PROGRAM_TYPE:
            return "Type of the program that it loads: kprobe";
        case BLF_BY_MAP_TYPE:
            return "Type of the map that it makes: hash";
        case BLF_BY_PTRACE_ACCESS:
            return "`read` or `attach`";
        case BLF_BY_SIGNAL:
            return "The signal that is sent: kill";
        case BLF_BY_USED_CAPABILITY:
            return "The capability that is used: sys_admin";
        case BLF_BY_OPTION:
            return "What prctl(2) is asked for: set-dumpable";
        case BLF_BY_RESOURCE:
            return "Whose limit is set: core";
        case BLF_BY_MOUNT_FLAG:
            return "Flags of the mount, commas between: bind,ro";
        default:
            return "";
    }
}

std::string HelpOf(std::string_view word, blf_by dimension) {
    if (policy::IsOfTarget(dimension)) {
        return fmt::format("The same as --{} of the process that it is about",
                           policy::DimensionWord(policy::OfAsker(dimension)));
    }
    if (word == "fstype") return "Kind of the file system: overlay";
    if (word == "abstract") return "Abstract name of the unix socket";
    if (word == "module") return "Name of the module: usb_storage";
    return HelpOf(dimension);
}

bool IsSet(blf_by dimension) {
    return dimension >= BLF_VALUES_END && policy::OfAsker(dimension) != BLF_BY_SCRIPT;
}

Result<std::string> DigestOf(std::string_view word, const std::string& text) {
    if (auto digest = policy::NormalDigest(text)) return *std::move(digest);
    return Fail(ErrorKind::kUsage,
                fmt::format("--{}: ", word) + fmt::format(policy::message::kBadDigest, text),
                policy::message::kHintBadDigest);
}

Status SetNumbers(const policy::Selector<policy::Ranges>& selector,
                  const std::vector<std::string>& values, policy::Asker* asker) {
    for (const std::string& value : values) {
        policy::Node node;
        node.kind = policy::Node::Kind::kScalar;
        node.value = value;
        policy::Diagnostics diagnostics;
        const auto range = policy::ReadNumber(node, selector, HostAccounts(), &diagnostics);
        if (!range) {
            const policy::Diagnostic& told = diagnostics.list().front();
            return Fail(ErrorKind::kUsage, "--" + std::string(selector.word) + ": " + told.message,
                        told.hint);
        }
        if (range->first != range->last) {
            return Fail(ErrorKind::kUsage,
                        "--" + std::string(selector.word) + ": `" + value + "` is a range",
                        "a process has one number; ask for each that matters");
        }
        policy::SetNumber(asker, selector.dimension, range->first);
    }
    return {};
}

template <typename Selector>
void Declare(Arguments arguments, const Selector& selector, WhoOptions* options) {
    const std::string word(selector.word);
    const std::string help = HelpOf(selector.word, selector.dimension);
    const auto take = [options, word](const auto& values) { (*options)[word] = values; };
    if (IsSet(selector.dimension)) {
        arguments.Listed("--" + word, take, help);
    } else {
        arguments.One("--" + word, take, help);
    }
}

}  // namespace

void DeclareWho(Arguments arguments, WhoOptions* options) {
    for (const auto& selector : policy::kPathSelectors) {
        if (policy::IsOfProcess(selector)) Declare(arguments, selector, options);
    }
    for (const auto& selector : policy::kNumberSelectors) Declare(arguments, selector, options);
}

Result<policy::Asker> AskerOf(const WhoOptions& options) {
    policy::Asker asker;
    for (const auto& selector : policy::kPathSelectors) {
        const auto found = options.find(std::string(selector.word));
        if (found == options.end()) continue;
        for (std::string path : found->second) {
            if (policy::OfAsker(selector.dimension) == BLF_BY_EXE_SHA256) {
                path = TRY(DigestOf(selector.word, path));
            }
            policy::SetPath(&asker, selector.dimension, std::move(path));
        }
    }
    for (const auto& selector : policy::kNumberSelectors) {
        const auto found = options.find(std::string(selector.word));
        if (found == options.end()) continue;
        TRY_STATUS(SetNumbers(selector, found->second, &asker));
    }
    return asker;
}

}  // namespace bailiff::cli
