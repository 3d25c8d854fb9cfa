// SPDX-License-Identifier: Apache-2.0
#include "enforce/deployment.h"

#include <bpf/bpf.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <utility>
#include <vector>

#include "enforce/attached.h"
#include "enforce/compat.h"
#include "enforce/pins.h"
#include "enforce/programs.h"
#include "enforce/steps.h"
#include "fmt/format.h"

namespace bailiff::enforce {
namespace {

// The inode number of the host's mount namespace: that of the first process.
Result<uint64_t> HostMounts() {
    struct stat info;
    if (stat("/proc/1/ns/mnt", &info) != 0) return FailErrno("/proc/1/ns/mnt");
    return info.st_ino;
}

// The programs remember directories and open files by the address of the image's map
// (bpf/directories.h, bpf/opened.h). One that was freed may be used again by the image that comes
// now; after a move nothing is remembered.
Status ForgetWhatIsRemembered() {
    if (!MoveDirectory()) return FailErrno("cannot move a directory below /sys/fs/bpf");
    return {};
}

Status PublishIn(int slot, const ImageMap& image) {
    uint32_t zero = 0;
    int fd = image.fd();
    if (bpf_map_update_elem(slot, &zero, &fd, BPF_ANY) != 0) {
        return FailErrno("cannot publish the image");
    }
    return {};
}

// What the programs keep of tasks: bpf/lineage.h, bpf/note.h. One that is not there begins anew; so
// do executables where none were noted, for what an exec noted that failed was not overwritten.
Result<std::map<std::string, Fd>> PinnedNotes(uint64_t dimensions) {
    std::map<std::string, Fd> notes;
    for (const std::string name : {"lineages", "executables"}) {
        if (name == "executables" && (dimensions & BLF_OF_EXECUTABLES) == 0) continue;
        Result<Fd> pin = OpenPin(kDirectory, name);
        if (pin) {
            notes.emplace(name, std::move(*pin));
        } else if (pin.error().kind != ErrorKind::kUnknown) {
            return std::unexpected(std::move(pin).error());
        }
    }
    return notes;
}

}  // namespace

std::string DeciderOf(const HookInfo& hook) {
    return fmt::format("{}_decider", hook.name);
}

bool Deployment::Serves(const Wanted& wanted) const {
    return hooks() == wanted.hooks && (wanted.knowledge & ~control_->knowledge) == 0;
}

bool Deployment::is_of_this_build() const {
    return control_->build == Programs::BuildNumber();
}

Wanted WantedBy(const policy::ImageView& image, const KernelTypes& kernel, Among among) {
    blf_set operations = among == Among::kEveryone ? 0 : BLF_OF_RUN;
    for (uint32_t i = 0; i < image.index().rule_count; i++) operations |= image.OperationsOf(i);
    if ((image.root().used & BLF_DIMENSION(BLF_BY_LINEAGE)) != 0) operations |= BLF_LINEAGE;
    if ((image.root().used & BLF_OF_DIGESTS) != 0) operations |= BLF_DIGEST;
    if ((image.root().used & BLF_OF_EXECUTABLES) != 0) operations |= BLF_EXECUTABLE;
    HookSet hooks = kernel.PresentIn(HooksFor(operations));
    // What nobody can call cannot be proved (enforce/compat.h).
    if (!RunsCompatPrograms()) hooks &= ~(HookSet{1} << BLF_HOOK_file_ioctl_compat);
    const uint64_t defaults = image.root().closed ? BLF_KNOWS_OF_DEFAULTS : 0;
    uint64_t knowledge = image.root().used | defaults;
    if (among != Among::kEveryone) knowledge |= BLF_IS_OF_RUN;
    // Who asks is told by its executable.
    if (among == Among::kTraced) knowledge |= BLF_IS_TRACED | BLF_DIMENSION(BLF_BY_EXE);
    return {.hooks = hooks, .knowledge = knowledge};
}

Result<Deployment> Deployment::Load(const Wanted& wanted, const KernelTypes& kernel,
                                    const ImageMap* before) {
    Deployment loaded;
    std::map<std::string, Fd> notes;
    if (before) notes = TRY(PinnedNotes(before->view().root().used));
    const Programs programs = TRY(Programs::Load(wanted, kernel, notes));
    AtStep("loaded");
    loaded.maps_ = TRY(programs.Maps());
    TRY_STATUS(loaded.MapControl());
    loaded.control_->version = BLF_RUNTIME_VERSION;
    loaded.control_->build = Programs::BuildNumber();
    loaded.control_->host_mounts = TRY(HostMounts());
    TRY_STATUS(loaded.PublishEmpty());
    AtStep("slot-filled");
    loaded.control_->hooks[0] = static_cast<uint64_t>(wanted.hooks);
    loaded.control_->hooks[1] = static_cast<uint64_t>(wanted.hooks >> 64);
    loaded.control_->knowledge = wanted.knowledge;
    loaded.control_->remembers = programs.remembers();
    for (const HookInfo& hook : kHooks) {
        if (!Contains(wanted.hooks, hook)) continue;
        if (hook.decides()) {
            Fd decider = TRY(programs.AttachDecider(hook));
            loaded.links_.emplace(DeciderOf(hook), std::move(decider));
        }
        Fd fd = TRY(programs.Attach(hook));
        loaded.links_.emplace(hook.name, std::move(fd));
        AtStep(fmt::format("attached-{}", hook.name));
    }
    loaded.control_->programs = TRY(loaded.NumberOfPrograms());
    return loaded;
}

Result<uint64_t> Deployment::NumberOfPrograms() const {
    std::vector<uint32_t> ids;
    for (const auto& [name, link] : links_) ids.push_back(TRY(LinkInfo(link.get())).prog_id);
    return policy::BeginningOf(policy::Sha256(ids.data(), ids.size() * sizeof(ids[0])));
}

Result<Fd> OpenPin(std::string_view directory, const std::string& name) {
    std::string path = PinPath(directory, name);
    Fd fd(bpf_obj_get(path.c_str()));
    if (fd) return fd;
    if (errno == ENOENT) {
        return Fail(ErrorKind::kUnknown, path + " is missing",
                    "`bailiff apply` makes it whole again, and `bailiff off` takes it away");
    }
    return FailErrno(path);
}

Result<int> Deployment::Map(const std::string& name) const {
    const auto at = maps_.find(name);
    if (at == maps_.end()) return Fail(ErrorKind::kUnknown, "the map " + name + " is not at hand");
    return at->second.get();
}

Result<Deployment> Deployment::Adopt(std::string_view directory) {
    Deployment adopted;
    for (const char* name : {"slot", "control", "probes"}) {
        Fd fd = TRY(OpenPin(directory, name));
        adopted.maps_.emplace(name, std::move(fd));
    }
    TRY_STATUS(adopted.MapControl());
    if (adopted.control_->version != BLF_RUNTIME_VERSION) {
        return Fail(
            ErrorKind::kUnknown,
            fmt::format("the programs in the kernel are of version {}, this bailiff's of {}",
                        adopted.control_->version, BLF_RUNTIME_VERSION),
            "apply the policy again with this bailiff");
    }
    for (const HookInfo& hook : kHooks) {
        if (!Contains(adopted.hooks(), hook)) continue;
        Fd fd = TRY(OpenPin(directory, LinkPinName(hook.name)));
        adopted.links_.emplace(hook.name, std::move(fd));
        if (!hook.decides()) continue;
        Fd decider = TRY(OpenPin(directory, LinkPinName(DeciderOf(hook))));
        adopted.links_.emplace(DeciderOf(hook), std::move(decider));
    }
    if (TRY(adopted.NumberOfPrograms()) != adopted.control_->programs) {
        return Fail(ErrorKind::kUnknown,
                    "a link pinned below " + std::string(directory) +
                        " is of another program than was attached there",
                    "somebody put it there: `bailiff apply` puts programs of its own in place");
    }
    return adopted;
}

Status Deployment::Pin(std::string_view directory) const {
    if (mkdir(std::string(directory).c_str(), 0700) != 0) return FailErrno(directory);
    AtStep("staging-made");
    for (const auto& [name, fd] : maps_) {
        std::string path = PinPath(directory, name);
        if (bpf_obj_pin(fd.get(), path.c_str()) != 0) return FailErrno(path);
    }
    AtStep("maps-pinned");
    for (const auto& [hook, fd] : links_) {
        std::string path = PinPath(directory, LinkPinName(hook));
        if (bpf_obj_pin(fd.get(), path.c_str()) != 0) return FailErrno(path);
        AtStep(fmt::format("pinned-{}", hook));
    }
    return {};
}

Status Deployment::Publish(const ImageMap& image) const {
    TRY_STATUS(ForgetWhatIsRemembered());
    return PublishIn(slot(), image);
}

// What is remembered by the address of `before` is of `before`: it was never freed. The address of
// the image that goes will be: afterwards, when it cannot deny it any more, that is forgotten.
Status Deployment::PutBack(const ImageMap& before) const {
    TRY_STATUS(PublishIn(slot(), before));
    MoveDirectory();
    return {};
}

// What cannot be forgotten is no reason to go on denying; it may be the policy that goes which
// denies the forgetting.
Status Deployment::PublishEmptyIn(int slot) {
    const bool forgotten = MoveDirectory();
    ImageMap map = TRY(ImageMap::Create(policy::EmptyImage()));
    TRY_STATUS(PublishIn(slot, map));
    if (!forgotten) MoveDirectory();
    return {};
}

Status Deployment::MapControl() {
    void* memory = mmap(nullptr, sizeof(blf_control), PROT_READ | PROT_WRITE, MAP_SHARED,
                        maps_.at("control").get(), 0);
    if (memory == MAP_FAILED) return FailErrno("cannot map the control block");
    control_ = static_cast<blf_control*>(memory);
    return {};
}

Deployment::Deployment(Deployment&& other) noexcept
    : maps_(std::move(other.maps_)),
      links_(std::move(other.links_)),
      control_(std::exchange(other.control_, nullptr)) {}

Deployment& Deployment::operator=(Deployment&& other) noexcept {
    std::swap(maps_, other.maps_);
    std::swap(links_, other.links_);
    std::swap(control_, other.control_);
    return *this;
}

Deployment::~Deployment() {
    if (control_) munmap(control_, sizeof(blf_control));
}

}  // namespace bailiff::enforce
