// SPDX-License-Identifier: Apache-2.0
#include "cli/myself.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>
#include <string>

#include "base/fd.h"
#include "base/file.h"
#include "enforce/probe.h"
#include "policy/image.h"

namespace bailiff::cli {
namespace {

// Of its parent, by /proc/PID/status.
std::string ParentOf(const std::string& process) {
    std::istringstream lines(ReadFile("/proc/" + process + "/status").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("PPid:\t")) return line.substr(6);
    }
    return {};
}

void AddAncestors(const std::string& parent, policy::Asker* asker) {
    std::string process = parent;
    while (!process.empty() && process != "0") {
        if (std::string exe = ExecutableOf(process); !exe.empty()) {
            asker->ancestors.push_back(std::move(exe));
        }
        process = ParentOf(process);
    }
}

void AddGroups(policy::Asker* asker) {
    asker->gids = {getegid()};
    const int count = getgroups(0, nullptr);
    if (count <= 0) return;
    std::vector<gid_t> groups(static_cast<size_t>(count));
    const int got = getgroups(count, groups.data());
    for (int i = 0; i < got; i++) asker->gids.push_back(groups[static_cast<size_t>(i)]);
}

// The seventh field; the second one, a name in parentheses, may hold anything.
bool HasTerminal() {
    const std::string stat = ReadFile("/proc/self/stat").value_or("");
    const size_t end = stat.rfind(')');
    if (end == std::string::npos) return false;
    std::istringstream rest(stat.substr(end + 1));
    std::string state;
    long parent = 0;
    long group = 0;
    long session = 0;
    long terminal = 0;
    rest >> state >> parent >> group >> session >> terminal;
    return terminal != 0;
}

std::string Cgroup() {
    std::istringstream lines(ReadFile("/proc/self/cgroup").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("0::/")) return line.substr(3);
    }
    return "/";
}

void AddPrivilege(policy::Asker* asker) {
    const auto privilege = enforce::ParsePrivilege(ReadFile("/proc/self/status").value_or(""),
                                                   ReadFile("/proc/self/uid_map").value_or(""));
    if (!privilege) return;
    asker->capabilities = privilege->effective;
    asker->user_namespace =
        privilege->initial_user_namespace ? BLF_USER_NAMESPACE_HOST : BLF_USER_NAMESPACE_OTHER;
}

}  // namespace

std::string ExecutableOf(const std::string& process) {
    std::error_code failed;
    std::string path = std::filesystem::read_symlink("/proc/" + process + "/exe", failed);
    return failed ? std::string() : path;
}

std::string DigestOfMyself() {
    const Fd file(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    const Result<policy::Digest> digest = policy::Sha256OfFile(file.get());
    return digest ? policy::ToHex(*digest) : std::string();
}

policy::Asker Myself() {
    policy::Asker asker;
    const std::string parent = ParentOf("self");
    asker.exe = ExecutableOf("self");
    asker.parent = ExecutableOf(parent);
    AddAncestors(parent, &asker);
    asker.cgroup = Cgroup();
    asker.uid = geteuid();
    std::istringstream(ReadFile("/proc/self/loginuid").value_or("4294967295")) >> asker.login_uid;
    asker.session = HasTerminal() ? BLF_SESSION_TTY : BLF_SESSION_NONE;
    AddGroups(&asker);
    AddPrivilege(&asker);
    return asker;
}

}  // namespace bailiff::cli
