// SPDX-License-Identifier: Apache-2.0
#include "base/symlink.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace bailiff {
namespace {

LinkLook Failed(int error) {
    if (error == EINVAL) return {.kind = LinkLook::Kind::kPlain, .target = {}};
    if (error == ENOENT || error == ENOTDIR) return {};
    return {.kind = LinkLook::Kind::kUnknown, .target = {}, .error = error};
}

}  // namespace

LinkLook LookAtLink(const std::string& path) {
    std::string target(PATH_MAX, '\0');
    const ssize_t length = readlink(path.c_str(), target.data(), target.size());
    if (length < 0) return Failed(errno);
    target.resize(static_cast<size_t>(length));
    struct stat status{};
    if (lstat(path.c_str(), &status) != 0) return Failed(errno);
    return {
        .kind = LinkLook::Kind::kLink, .target = std::move(target), .roots = status.st_uid == 0};
}

}  // namespace bailiff
