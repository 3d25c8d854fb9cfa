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

// The program, loaded when there is something to ask.
class Asker {
  public:
    Status Ask(std::vector<Held>* held, std::vector<IdentifiedFile>* files) {
        if (held->empty()) return {};
        if (!link_) TRY_STATUS(Load());
        Fd iterator(bpf_iter_create(link_.get()));
        if (!iterator) return FailErrno("cannot ask what the kernel calls our open files");
        std::map<uint32_t, blf_identified> by_fd;
        std::vector<blf_identified> records = TRY(ReadAll(iterator.get()));
        for (const blf_identified& record : records) by_fd[record.fd] = record;
        for (Held& one : *held) {
            auto at = by_fd.find(static_cast<uint32_t>(one.fd.get()));
            if (at == by_fd.end()) return NotTold(one.file.path);
            one.file.inode = at->second.inode;
            one.file.device = at->second.device;
            one.file.generation = at->second.generation;
            files->push_back(std::move(one.file));
        }
        held->clear();
        return {};
    }

  private:
    static Status NotTold(const std::string& path) {
        return Fail(ErrorKind::kInternal, "the kernel did not tell what it calls " + path);
    }

    Status Load() {
        LogCapture log;
        skeleton_.reset(identify_bpf::open_and_load());
        if (!skeleton_) return FailErrno("cannot load the program that identifies files");
        bpf_iter_link_info info{};
        info.task.pid = static_cast<__u32>(getpid());
        LIBBPF_OPTS(bpf_iter_attach_opts, options, .link_info = &info,
                    .link_info_len = sizeof(info));
        bpf_link* link = bpf_program__attach_iter(skeleton_->progs.blf_identify, &options);
        if (!link) return FailErrno("cannot attach the program that identifies files");
        link_ = Fd(fcntl(bpf_link__fd(link), F_DUPFD_CLOEXEC, 3));
        bpf_link__destroy(link);
        if (!link_) return FailErrno("fcntl");
        return {};
    }

    std::unique_ptr<identify_bpf, decltype(&identify_bpf::destroy)> skeleton_{
        nullptr, &identify_bpf::destroy};
    Fd link_;
};

}  // namespace

Result<std::vector<IdentifiedFile>> IdentifyFiles(const std::vector<std::string>& paths) {
    std::vector<IdentifiedFile> files;
    std::vector<Held> held;
    Directory directory;
    Asker asker;
    for (const std::string& path : paths) {
        Hold(&directory, path, &held);
        if (held.size() == kBatch) TRY_STATUS(asker.Ask(&held, &files));
    }
    TRY_STATUS(asker.Ask(&held, &files));
    return files;
}

}  // namespace bailiff::enforce
