// SPDX-License-Identifier: Apache-2.0
#include "enforce/file_digests.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "abi/file_digest.h"
#include "base/process.h"
#include "enforce/detached_mount.h"
#include "enforce/identify.h"
#include "fmt/format.h"
#include "policy/image.h"

namespace bailiff::enforce {
namespace {

// Descriptors held at once; a process may have 1,024.
constexpr size_t kBatch = 256;

// Passes over /proc: a process may have been made by one that the last pass did not see.
constexpr int kPassesMax = 8;

blf_sha256_text TextOf(const policy::Digest& digest) {
    const std::string hex = policy::ToHex(digest);
    blf_sha256_text text;
    static_assert(sizeof(text) == 2 * sizeof(digest));
    std::memcpy(&text, hex.data(), sizeof(text));
    return text;
}

bool operator==(const blf_sha256_text& one, const blf_sha256_text& other) {
    return std::ranges::equal(one.word, other.word);
}

// A program that the kernel cannot run. Executing it comes to nothing but a note.
constexpr std::string_view kNoProgram = "bailiff\n";

constexpr char kItsName[] = "no-program";

// The directory in which it lies: memory alone has no digest.
Result<Fd> MakeNoProgram() {
    Fd directory = TRY(MountNowhere());
    const Fd file(openat(directory.get(), kItsName, O_CREAT | O_WRONLY | O_CLOEXEC, 0700));
    const auto size = static_cast<ssize_t>(kNoProgram.size());
    if (!file || write(file.get(), kNoProgram.data(), kNoProgram.size()) != size) {
        return FailErrno("cannot make a file for the proof");
    }
    return directory;
}

Status NotTold(std::string_view found) {
    return Fail(
        ErrorKind::kKernel,
        "`exe-sha256`: the kernel does not tell the SHA-256 of a file: " + std::string(found),
        "it takes IMA (CONFIG_IMA) with ima_hash=sha256; `bailiff doctor` shows what there is");
}

Status ProveDigests(int digests) {
    const Fd directory = TRY(MakeNoProgram());
    const Fd self = OpenProcess(getpid());
    if (!self) return FailErrno("pidfd_open");
    char* none[] = {nullptr};
    execveat(directory.get(), kItsName, none, none, 0);
    if (errno != ENOEXEC) return FailErrno("cannot ask for the SHA-256 of a file");
    blf_noted_digests noted{};
    const int key = self.get();
    if (bpf_map_lookup_elem(digests, &key, &noted) != 0) return NotTold("nothing was noted");
    const auto* last = std::ranges::max_element(noted.of, {}, &blf_noted_digest::exec_id);
    if (last->reason != 0) return NotTold("it has none");
    const policy::Digest digest = policy::Sha256(kNoProgram.data(), kNoProgram.size());
    if (!(last->text == TextOf(digest))) return NotTold("it is another one");
    return {};
}

std::unexpected<Error> TooMany() {
    return Fail(
        ErrorKind::kKernel,
        fmt::format("`exe-sha256`: more than {} different files are being run", BLF_CLAIMS_MAX),
        "say who by `exe`, or stop some of them meanwhile");
}

// What runs now, each file once. The kernel opens a process's file, whatever lies at its path.
class Running {
  public:
    explicit Running(int claims) : claims_(claims) {}

    // Returns whether there was a file that no pass before had seen.
    Result<bool> Pass() {
        const std::vector<pid_t> processes = TRY(ListProcesses());
        const size_t known = seen_.size();
        for (const pid_t process : processes) {
            Hold(process);
            if (held_.size() == kBatch) TRY_STATUS(Claim());
        }
        TRY_STATUS(Claim());
        return seen_.size() > known;
    }

  private:
    // Kernel threads run none, and a process may be gone.
    void Hold(pid_t process) {
        const std::string path = fmt::format("/proc/{}/exe", process);
        Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
        struct stat info;
        if (!file || fstat(file.get(), &info) != 0) return;
        if (seen_.emplace(info.st_dev, info.st_ino).second) held_.push_back(std::move(file));
    }

    Status Claim() {
        if (held_.empty()) return {};
        const auto known = TRY(identifier_.OpenFiles());
        for (const Fd& file : held_) {
            const auto at = known.find(static_cast<uint32_t>(file.get()));
            if (at == known.end() || at->second.unverifiable != 0) continue;
            const Result<policy::Digest> digest = policy::Sha256OfFile(file.get());
            if (!digest) continue;  // not told: undecidable, so denied where a rule could apply
            const blf_sha256_text text = TextOf(*digest);
            if (bpf_map_update_elem(claims_, &at->second.file, &text, BPF_ANY) != 0) {
                return errno == E2BIG ? TooMany()
                                      : FailErrno("cannot note the SHA-256 of what runs");
            }
        }
        held_.clear();
        return {};
    }

    int claims_;
    Identifier identifier_;
    std::vector<Fd> held_;
    std::set<std::pair<dev_t, ino_t>> seen_;
};

}  // namespace

Status BeginDigests(const Deployment& deployment) {
    if (!Contains(deployment.hooks(), kHooks[BLF_HOOK_exec_digest])) return {};
    TRY_STATUS(ProveDigests(TRY(deployment.Map("digests"))));
    Running running(TRY(deployment.Map("claims")));
    for (int pass = 0; pass < kPassesMax; pass++) {
        if (!TRY(running.Pass())) break;
    }
    return {};
}

}  // namespace bailiff::enforce
