// SPDX-License-Identifier: Apache-2.0
#include "enforce/pins.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace bailiff::enforce {

Result<bool> PinsExist(std::string_view directory) {
    struct stat info;
    if (stat(std::string(directory).c_str(), &info) == 0) return true;
    if (errno == ENOENT) return false;
    return FailErrno(directory);
}

Result<std::vector<std::string>> ListPins(std::string_view directory) {
    DIR* open_directory = opendir(std::string(directory).c_str());
    std::vector<std::string> names;
    if (!open_directory && errno == ENOENT) return names;
    if (!open_directory) return FailErrno(directory);
    while (const dirent* entry = readdir(open_directory)) {
        std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(std::move(name));
    }
    closedir(open_directory);
    return names;
}

Result<std::vector<std::string>> RunDirectories() {
    std::vector<std::string> directories = TRY(ListPins(kRuns));
    for (std::string& directory : directories) directory = PinPath(kRuns, directory);
    return directories;
}

Status RemovePins(std::string_view directory) {
    std::string path(directory);
    if (!TRY(PinsExist(path))) return {};
    std::vector<std::string> names = TRY(ListPins(path));
    std::ranges::stable_partition(
        names, [](const std::string& name) { return name.starts_with(LinkPinName("")); });
    for (const std::string& name : names) {
        std::string pin = PinPath(path, name);
        if (unlink(pin.c_str()) != 0) return FailErrno(pin);
    }
    if (rmdir(path.c_str()) != 0) return FailErrno(path);
    return {};
}

Status CommitPins(std::string_view staging, std::string_view final) {
    std::string from(staging);
    std::string to(final);
    bool replaces = TRY(PinsExist(to));
    unsigned flags = replaces ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) != 0) return FailErrno(to);
    return {};
}

bool MoveDirectory() {
    std::string from = std::string(kProbe) + "_from";
    std::string to = std::string(kProbe) + "_to";
    if (mkdir(from.c_str(), 0700) != 0 && errno != EEXIST) return false;
    int error = rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
    rmdir(error ? from.c_str() : to.c_str());
    errno = error;
    return error == 0;
}

}  // namespace bailiff::enforce
