// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/programs/differential/file_tree.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <algorithm>
#include <climits>
#include <filesystem>

namespace bailiff::differential {
namespace {

Result<Fd> MountedNowhere() {
    Fd fs(fsopen("tmpfs", FSOPEN_CLOEXEC));
    if (!fs || fsconfig(fs.get(), FSCONFIG_SET_STRING, "mode", "0777", 0) < 0 ||
        fsconfig(fs.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) < 0) {
        return FailErrno("fsopen tmpfs");
    }
    Fd tree(fsmount(fs.get(), FSMOUNT_CLOEXEC, 0));
    if (!tree) return FailErrno("fsmount");
    return tree;
}

Node NodeAt(int parent, const std::string& name) {
    struct stat status{};
    if (fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0) return Node::kNone;
    if (S_ISDIR(status.st_mode)) return Node::kDirectory;
    return (status.st_mode & 0111) != 0 ? Node::kProgram : Node::kFile;
}

bool Copy(const std::string& from, int parent, const std::string& name) {
    Fd source(open(from.c_str(), O_RDONLY | O_CLOEXEC));
    Fd target(openat(parent, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0777));
    struct stat status{};
    if (!source || !target || fstat(source.get(), &status) < 0) return false;
    return sendfile(target.get(), source.get(), nullptr, static_cast<size_t>(status.st_size)) ==
           status.st_size;
}

bool IsUsable(const std::string& name) {
    return !name.empty() && name != "." && name != ".." && name.size() <= NAME_MAX;
}

}  // namespace

Result<FileTree> FileTree::Create(const std::string& directory, const std::string& program) {
    if (mkdir(directory.c_str(), 0777) < 0) return FailErrno(directory);
    Fd host(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!host) return FailErrno("/");
    Fd lost = TRY(MountedNowhere());
    return FileTree(directory, program, std::move(host), std::move(lost));
}

FileTree::~FileTree() {
    std::error_code ignored;
    if (host_) std::filesystem::remove_all(directory_, ignored);
}

std::string FileTree::TextOf(const OraclePath& path) const {
    std::string text;
    for (const std::string& component : path.components) text += "/" + component;
    if (!path.lost) return text.empty() ? "/" : text;
    return text.empty() ? "." : text.substr(1);
}

bool FileTree::MakeProgram(int parent, const std::string& name, bool lost) const {
    if (lost) return Copy(program_, parent, name);
    return linkat(AT_FDCWD, program_.c_str(), parent, name.c_str(), 0) == 0;
}

Node FileTree::Add(const OraclePath& path, Node wanted) {
    const Components& components = path.components;
    if (!std::ranges::all_of(components, IsUsable)) return Node::kNone;
    if (TextOf(path).size() >= PATH_MAX) return Node::kNone;
    if (components.empty()) return Node::kDirectory;
    Fd at(openat(path.lost ? lost_.get() : host_.get(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    for (size_t i = 0; i + 1 < components.size(); i++) {
        mkdirat(at.get(), components[i].c_str(), 0777);
        at = Fd(openat(at.get(), components[i].c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!at) return Node::kNone;
    }
    const Node present = NodeAt(at.get(), components.back());
    if (present != Node::kNone) return present;
    if (wanted == Node::kProgram) {
        return MakeProgram(at.get(), components.back(), path.lost) ? wanted : Node::kNone;
    }
    const Fd file(
        openat(at.get(), components.back().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
    return file ? wanted : Node::kNone;
}

}  // namespace bailiff::differential
