// SPDX-License-Identifier: Apache-2.0
#include "enforce/run.h"

#include <bpf/bpf.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <thread>

#include "base/process.h"
#include "enforce/attached.h"
#include "enforce/file_digests.h"
#include "enforce/lock.h"
#include "enforce/pins.h"
#include "enforce/proof.h"
#include "enforce/steps.h"
#include "fmt/format.h"

namespace bailiff::enforce {
namespace {

constexpr uint64_t kGeneration = 1;

// PROC_PID_INIT_INO, include/linux/proc_ns.h.
constexpr ino_t kInitialPidNamespace = 0xEFFFFFFC;

Result<std::string> NewDirectory() {
    const std::string parent(kRuns);
    if (mkdir(parent.c_str(), 0700) != 0 && errno != EEXIST) return FailErrno(parent);
    return PinPath(parent, fmt::format("{}_{}", time(nullptr), getpid()));
}

// 6.1 answers EBUSY while a task's storage is in use on this CPU; no event tells when it is not.
template <typename Call>
int WhenNotBusy(Call call) {
    constexpr std::chrono::milliseconds kFirst{1}, kLast{256};
    int result = call();
    for (auto pause = kFirst; result != 0 && errno == EBUSY && pause <= kLast; pause *= 2) {
        std::this_thread::sleep_for(pause);
        result = call();
    }
    return result;
}

// A process that has ended is no member, also where nobody has taken notice yet. Any failure leaves
// it open, and counts as one.
bool IsMember(int members, pid_t pid) {
    const Fd process = OpenProcess(pid);
    if (!process) return errno != ESRCH;
    pollfd ended{process.get(), POLLIN, 0};
    if (poll(&ended, 1, 0) == 1) return false;
    blf_member member{};
    const int key = process.get();
    const int error = WhenNotBusy([&] { return bpf_map_lookup_elem(members, &key, &member); });
    if (error != 0) return errno != ENOENT && errno != ESRCH;
    return member.enlisted != 0;
}

// By processes: a thread is a member when the process is whose thread it is.
bool HasMembers(int members) {
    const Result<std::vector<pid_t>> processes = ListProcesses();
    return !processes ||
           std::ranges::any_of(*processes, [&](pid_t pid) { return IsMember(members, pid); });
}

bool SeesAllProcesses() {
    struct stat info;
    return stat("/proc/self/ns/pid", &info) == 0 && info.st_ino == kInitialPidNamespace;
}

// One of another version may keep them in another shape.
bool IsKnown(int members) {
    bpf_map_info info{};
    uint32_t size = sizeof(info);
    return bpf_obj_get_info_by_fd(members, &info, &size) == 0 &&
           info.type == BPF_MAP_TYPE_TASK_STORAGE && info.value_size == sizeof(blf_member);
}

// Before its members' pin a run has none: its pins were being made.
Result<bool> IsOver(const std::string& directory) {
    const Result<Fd> members = OpenPin(directory, "members");
    if (members) return IsKnown(members->get()) && !HasMembers(members->get());
    if (members.error().kind == ErrorKind::kUnknown) return true;
    return std::unexpected(members.error());
}

Status RemoveRun(const std::string& directory) {
    TRY_STATUS(RemovePins(directory));
    rmdir(std::string(kRuns).c_str());  // unless there are others
    return {};
}

}  // namespace

Result<Run> Run::Begin(policy::Image image, Among among, const KernelTypes& kernel) {
    Fd lock = TRY(Lock());
    TRY_STATUS(RemoveEndedRuns());
    const ProofGround ground = TRY(ProofGround::Make());
    Deployment deployment =
        TRY(Deployment::Load(WantedBy(image.view(), kernel, among), kernel, nullptr));
    TRY_STATUS(ProveOrFail(deployment, ground, 0));
    TRY_STATUS(BeginDigests(deployment));
    const ImageMap empty = TRY(deployment.Published());
    image.set_generation(kGeneration);
    image.CarryLineages(empty.view(), kGeneration);
    const ImageMap filled = TRY(ImageMap::Create(image));
    deployment.control()->last_generation = kGeneration;
    TRY_STATUS(deployment.Publish(filled));
    TRY_STATUS(ProveOrFail(deployment, ground, kGeneration));
    AtStep("run-proved");
    std::string directory = TRY(NewDirectory());
    const Status pinned = deployment.Pin(directory);
    if (!pinned) {
        const Status removed = RemoveRun(directory);
        static_cast<void>(removed);  // the next to take the lock tries again
        return std::unexpected(pinned.error());
    }
    AtStep("run-pinned");
    return Run(std::move(directory), std::move(deployment), std::move(lock));
}

Status Run::Enlist(int process) {
    const int members = TRY(deployment_->Map("members"));
    const blf_member member{.since = 0, .enlisted = 1, .pad = 0};
    if (WhenNotBusy([&] { return bpf_map_update_elem(members, &process, &member, BPF_ANY); }) !=
        0) {
        return FailErrno("cannot put the command under the policy");
    }
    lock_ = Fd();
    AtStep("run-enlisted");
    return {};
}

Result<EventRing> Run::Events() const {
    const int events = TRY(deployment_->Map("events"));
    const int control = TRY(deployment_->Map("control"));
    return EventRing::Open(events, control);
}

Status Run::End() {
    const Fd lock = lock_ ? Fd() : TRY(Lock());
    AtStep("run-ending");
    TRY_STATUS(RemoveRun(directory_));
    deployment_.reset();
    // Until the kernel has released the links, others would take them for strays.
    const Result<std::vector<AttachedProgram>> strays = LastingStrays(kDirectory);
    return strays ? Status() : std::unexpected(strays.error());
}

Result<std::vector<RunState>> ListRuns() {
    std::vector<RunState> runs;
    for (const std::string& directory : TRY(RunDirectories())) {
        Result<Fd> slot = OpenPin(directory, "slot");
        if (!slot && slot.error().kind == ErrorKind::kUnknown) continue;
        if (!slot) return std::unexpected(slot.error());
        runs.push_back({directory.substr(kRuns.size() + 1), ImageMap::Published(slot->get())});
    }
    return runs;
}

Status RemoveEndedRuns() {
    if (!SeesAllProcesses()) return {};
    for (const std::string& directory : TRY(RunDirectories())) {
        if (TRY(IsOver(directory))) TRY_STATUS(RemoveRun(directory));
    }
    return {};
}

}  // namespace bailiff::enforce
