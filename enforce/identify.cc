// SPDX-License-Identifier: Apache-2.0
#include "enforce/identify.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <string_view>

#include "abi/identify.h"
#include "base/fd.h"
#include "bpf/identify.skel.h"
#include "enforce/log.h"

namespace bailiff::enforce {
namespace {

// Descriptors held at once; a process may have 1,024.
constexpr size_t kBatch = 512;

struct Held {
    Fd fd;
    IdentifiedFile file;
};

// Directories are opened once, so that a hundred thousand paths in a few that do not exist cost
// nothing. Not through symbolic links: where they are to be followed, the policies name the place
// they lead to as well (policy/resolve_links.h).
class Directory {
  public:
    // A descriptor of the directory in which the path lies, or an invalid one.
    int Of(std::string_view path) {
        std::string name(path.substr(0, path.rfind('/') + 1));
        if (name == name_) return fd_.get();
        name_ = std::move(name);
        open_how how{
            .flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .mode = 0, .resolve = RESOLVE_NO_SYMLINKS};
        fd_ =
            Fd(static_cast<int>(syscall(SYS_openat2, AT_FDCWD, name_.c_str(), &how, sizeof(how))));
        return fd_.get();
    }

  private:
    std::string name_;
    Fd fd_;
};

void Hold(Directory* directory, const std::string& path, std::vector<Held>* held) {
    int parent = directory->Of(path);
    std::string name = path.substr(path.rfind('/') + 1);
    if (parent < 0 || name.empty()) return;
    Fd fd(openat(parent, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat info;
    if (!fd || fstat(fd.get(), &info) != 0) return;
    if (S_ISDIR(info.st_mode) || S_ISLNK(info.st_mode)) return;
    held->push_back({std::move(fd), {.path = path, .links = info.st_nlink}});
}

Result<std::vector<blf_identified>> ReadAll(int iterator) {
    std::vector<blf_identified> records;
    std::vector<blf_identified> part(64);
    for (;;) {
        ssize_t size = read(iterator, part.data(), part.size() * sizeof(blf_identified));
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return FailErrno("cannot read the open files");
        if (size == 0) return records;
        auto count = static_cast<ptrdiff_t>(static_cast<size_t>(size) / sizeof(blf_identified));
        records.insert(records.end(), part.begin(), part.begin() + count);
    }
}

Status Ask(Identifier* identifier, std::vector<Held>* held, std::vector<IdentifiedFile>* files) {
    if (held->empty()) return {};
    const auto by_fd = TRY(identifier->OpenFiles());
    for (Held& one : *held) {
        const auto at = by_fd.find(static_cast<uint32_t>(one.fd.get()));
        if (at == by_fd.end()) {
            return Fail(ErrorKind::kInternal,
                        "the kernel did not tell what it calls " + one.file.path);
        }
        const blf_identity& file = at->second.file;
        one.file.inode = file.inode;
        one.file.device = file.device;
        one.file.generation = file.generation;
        files->push_back(std::move(one.file));
    }
    held->clear();
    return {};
}

}  // namespace

struct Identifier::Program {
    std::unique_ptr<identify_bpf, decltype(&identify_bpf::destroy)> skeleton{
        nullptr, &identify_bpf::destroy};
    Fd link;

    Status Load() {
        LogCapture log;
        skeleton.reset(identify_bpf::open_and_load());
        if (!skeleton) return FailErrno("cannot load the program that identifies files");
        bpf_iter_link_info info{};
        info.task.pid = static_cast<__u32>(getpid());
        LIBBPF_OPTS(bpf_iter_attach_opts, options, .link_info = &info,
                    .link_info_len = sizeof(info));
        bpf_link* attached = bpf_program__attach_iter(skeleton->progs.blf_identify, &options);
        if (!attached) return FailErrno("cannot attach the program that identifies files");
        link = Fd(fcntl(bpf_link__fd(attached), F_DUPFD_CLOEXEC, 3));
        bpf_link__destroy(attached);
        if (!link) return FailErrno("fcntl");
        return {};
    }
};

Identifier::Identifier() : program_(std::make_unique<Program>()) {}
Identifier::~Identifier() = default;

Result<std::map<uint32_t, blf_identified>> Identifier::OpenFiles() {
    if (!program_->link) TRY_STATUS(program_->Load());
    Fd iterator(bpf_iter_create(program_->link.get()));
    if (!iterator) return FailErrno("cannot ask what the kernel calls our open files");
    std::map<uint32_t, blf_identified> by_fd;
    const std::vector<blf_identified> records = TRY(ReadAll(iterator.get()));
    for (const blf_identified& record : records) by_fd[record.fd] = record;
    return by_fd;
}

Result<std::vector<IdentifiedFile>> IdentifyFiles(const std::vector<std::string>& paths) {
    std::vector<IdentifiedFile> files;
    std::vector<Held> held;
    Directory directory;
    Identifier identifier;
    for (const std::string& path : paths) {
        Hold(&directory, path, &held);
        if (held.size() == kBatch) TRY_STATUS(Ask(&identifier, &held, &files));
    }
    TRY_STATUS(Ask(&identifier, &held, &files));
    return files;
}

}  // namespace bailiff::enforce
