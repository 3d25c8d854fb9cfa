// SPDX-License-Identifier: Apache-2.0
#include "base/process.h"

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <memory>
#include <string_view>

namespace bailiff {
namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const { closedir(directory); }
};

}  // namespace

Fd OpenProcess(pid_t pid) {
    return Fd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
}

Result<std::vector<pid_t>> ListProcesses() {
    const std::unique_ptr<DIR, CloseDirectory> directory(opendir("/proc"));
    if (!directory) return FailErrno("/proc");
    std::vector<pid_t> processes;
    while (const dirent* entry = readdir(directory.get())) {
        const std::string_view name = entry->d_name;
        pid_t pid = 0;
        const auto [end, error] = std::from_chars(name.begin(), name.end(), pid);
        if (error == std::errc{} && end == name.end()) processes.push_back(pid);
    }
    return processes;
}

}  // namespace bailiff
