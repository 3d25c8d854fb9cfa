// SPDX-License-Identifier: Apache-2.0
#include "enforce/whereabouts.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "base/file.h"
#include "enforce/pins.h"
#include "fmt/format.h"

namespace bailiff::enforce {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostHolders = 5;

bool InAnotherMountNamespace(const std::string& root) {
    std::error_code failed;
    fs::path own = fs::read_symlink(root + "/proc/self/ns/mnt", failed);
    if (failed) return false;
    fs::path first = fs::read_symlink(root + "/proc/1/ns/mnt", failed);
    return !failed && own != first;
}

int FileSystemsOverEachOther(const std::string& root) {
    std::istringstream lines(ReadFile(root + "/proc/self/mounts").value_or(""));
    int found = 0;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string device, place;
        fields >> device >> place;
        found += place == kBpffs ? 1 : 0;
    }
    return found;
}

std::vector<fs::path> Entries(const fs::path& directory) {
    std::vector<fs::path> entries;
    std::error_code failed;
    for (fs::directory_iterator it(directory, failed), end; !failed && it != end;
         it.increment(failed)) {
        entries.push_back(it->path());
    }
    std::ranges::sort(entries);
    return entries;
}

// Has this file of /proc/<pid>/fdinfo one of the links open?
bool IsOneOf(const fs::path& info, const std::vector<uint32_t>& links) {
    std::istringstream lines(ReadFile(info.string()).value_or(""));
    for (std::string line; std::getline(lines, line);) {
        constexpr std::string_view kKey = "link_id:";
        if (!line.starts_with(kKey)) continue;
        std::istringstream rest(line.substr(kKey.size()));
        uint32_t id = 0;
        return rest >> id && std::ranges::find(links, id) != links.end();
    }
    return false;
}

std::vector<std::string> Holders(const std::vector<uint32_t>& links, const std::string& root) {
    std::vector<std::string> holders;
    for (const fs::path& process : Entries(root + "/proc")) {
        std::string number = process.filename();
        if (number.find_first_not_of("0123456789") != std::string::npos) continue;
        auto holds = [&](const fs::path& info) { return IsOneOf(info, links); };
        if (!std::ranges::any_of(Entries(process / "fdinfo"), holds)) continue;
        std::string name = ReadFile((process / "comm").string()).value_or("");
        holders.push_back(fmt::format("{} ({})", number, TrimEnd(name)));
        if (holders.size() == kMostHolders) break;
    }
    return holders;
}

}  // namespace

std::vector<std::string> Whereabouts(const std::vector<uint32_t>& links, const std::string& root) {
    std::vector<std::string> lines;
    if (Result<bool> staged = PinsExist(root + std::string(kStaging)); staged && *staged) {
        lines.push_back(
            fmt::format("an `apply` was interrupted and left {}: apply again, or "
                        "`bailiff off` removes it",
                        kStaging));
    }
    if (InAnotherMountNamespace(root)) {
        lines.emplace_back(
            "this process is in another mount namespace than process 1; ask there: "
            "nsenter --target 1 --mount bailiff status");
    }
    if (int count = FileSystemsOverEachOther(root); count > 1) {
        lines.push_back(
            fmt::format("{} file systems are mounted over each other at {}, and the "
                        "pins may be in a lower one: sudo umount {}",
                        count, kBpffs, kBpffs));
    }
    std::vector<std::string> holders = Holders(links, root);
    if (!holders.empty()) {
        lines.push_back(
            fmt::format("held open by process {}: detached when that ends, if there "
                        "is no pin",
                        fmt::join(holders, ", ")));
    }
    if (lines.empty()) {
        lines.emplace_back(
            "their pins may be in another mount namespace, or in a bpffs mounted "
            "elsewhere: grep bpf /proc/*/mounts, and run bailiff there");
    }
    return lines;
}

}  // namespace bailiff::enforce
