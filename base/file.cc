// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/fd.h"

namespace bailiff {

Result<std::string> ReadUpTo(int fd, size_t bytes, const std::string& name) {
    std::string text;
    std::array<char, 65536> chunk;
    while (text.size() < bytes) {
        const ssize_t got = read(fd, chunk.data(), std::min(chunk.size(), bytes - text.size()));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return FailErrno(name);
        if (got == 0) break;
        text.append(chunk.data(), static_cast<size_t>(got));
    }
    return text;
}

Result<std::string> ReadFile(const std::string& path, size_t limit) {
    Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return FailErrno(path);
    std::string bytes = TRY(ReadUpTo(fd.get(), limit + 1, path));
    if (bytes.size() <= limit) return bytes;
    return Fail(ErrorKind::kSystem, path + ": longer than " + std::to_string(limit) + " bytes");
}

Status WriteAll(int fd, std::string_view bytes, const std::string& name) {
    while (!bytes.empty()) {
        const ssize_t wrote = write(fd, bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return FailErrno(name);
        bytes.remove_prefix(static_cast<size_t>(wrote));
    }
    return {};
}

// Of what is at `path`, if it is a file; otherwise ours, and `mode`. The owner first: changing him
// takes away bits of the mode.
static bool TakeOwnerAndMode(const std::string& path, int fd, unsigned mode) {
    struct stat old;
    if (lstat(path.c_str(), &old) != 0 || !S_ISREG(old.st_mode)) return fchmod(fd, mode) == 0;
    return fchown(fd, old.st_uid, old.st_gid) == 0 && fchmod(fd, old.st_mode & 07777) == 0;
}

Status WriteFileAtomically(const std::string& path, std::string_view bytes, unsigned mode) {
    std::string beside = path + ".XXXXXX";
    Fd fd(mkostemp(beside.data(), O_CLOEXEC));
    if (!fd) return FailErrno(path);
    Status written = WriteAll(fd.get(), bytes, path);
    if (written && !TakeOwnerAndMode(path, fd.get(), mode)) written = FailErrno(path);
    if (written && fsync(fd.get()) != 0) written = FailErrno(path);
    if (written && rename(beside.c_str(), path.c_str()) != 0) written = FailErrno(path);
    if (!written) unlink(beside.c_str());
    return written;
}

std::string_view TrimEnd(std::string_view text) {
    size_t end = text.find_last_not_of(" \t\r\n");
    return text.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

}  // namespace bailiff
