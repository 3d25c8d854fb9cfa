// SPDX-License-Identifier: Apache-2.0
#include "enforce/deployment.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cstring>
#include <memory>
#include <utility>

#include "bpf/bailiff.skel.h"
#include "enforce/kernel_symbols.h"
#include "enforce/kernel_types.h"
#include "enforce/log.h"
#include "enforce/pins.h"
#include "enforce/steps.h"
#include "fmt/format.h"

namespace bailiff::enforce {
namespace {

using Skeleton = std::unique_ptr<bailiff_bpf, decltype(&bailiff_bpf::destroy)>;

// Maps that belong to a deployment. Sections of globals (.bss, .rodata) belong to the programs.
bool IsShared(const bpf_map* map) {
    return !bpf_map__is_internal(map);
}

Result<Fd> Duplicate(int fd, std::string_view what) {
    Fd copy(fcntl(fd, F_DUPFD_CLOEXEC, 3));
    if (!copy) return FailErrno(what);
    return copy;
}

// EPERM is a lack of privilege; anything else (EACCES and EINVAL of the verifier, E2BIG of a full
// hook) is this kernel. libbpf's last lines, the verifier's among them, say more.
std::unexpected<Error> RefusedByKernel(std::string_view what, int code, const LogCapture& log) {
    Error error = FailErrno(what, code).error();
    if (code != EPERM) error.kind = ErrorKind::kKernel;
    error.remedy = log.text();
    return std::unexpected(std::move(error));
}

// The inode number of the host's mount namespace: that of the first process.
Result<uint64_t> HostMounts() {
    struct stat info;
    if (stat("/proc/1/ns/mnt", &info) != 0) return FailErrno("/proc/1/ns/mnt");
    return info.st_ino;
}

std::string ProgramName(const HookInfo& hook) {
    return fmt::format("blf_{}", hook.name);
}

// Those of the hooks, and what they are to know of this kernel.
Result<Skeleton> LoadPrograms(const btf* kernel, HookSet hooks) {
    LogCapture log;
    Skeleton skeleton(bailiff_bpf::open(), &bailiff_bpf::destroy);
    if (!skeleton) return FailErrno("cannot open our programs");
    skeleton->rodata->blf_can_cast = ArgumentsOf(kernel, "bpf_rdonly_cast").has_value();
    skeleton->rodata->blf_mount_lock = AddressOf("mount_lock");
    skeleton->rodata->blf_setattr_has_idmap = ArgumentsOf(kernel, "bpf_lsm_inode_setattr") == 3U;
    for (const HookInfo& hook : kHooks) {
        bpf_program* program =
            bpf_object__find_program_by_name(skeleton->obj, ProgramName(hook).c_str());
        if (!program) return Fail(ErrorKind::kInternal, "no program " + ProgramName(hook));
        bpf_program__set_autoload(program, Contains(hooks, hook));
    }
    int error = bailiff_bpf::load(skeleton.get());
    if (error) {
        return RefusedByKernel("cannot load our programs", -error, log);
    }
    return skeleton;
}

// The programs remember directories by the address of the image's map (bpf/directories.h). One that
// was freed may be used again by the image that comes now; after a move nothing is remembered.
Status ForgetDirectories() {
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

Result<Fd> Attach(bailiff_bpf* skeleton, const HookInfo& hook) {
    std::string name = ProgramName(hook);
    bpf_program* program = bpf_object__find_program_by_name(skeleton->obj, name.c_str());
    LogCapture log;
    bpf_link* link = bpf_program__attach(program);
    if (!link) {
        return RefusedByKernel("cannot attach " + hook.attach_point(), errno, log);
    }
    Result<Fd> fd = Duplicate(bpf_link__fd(link), name);
    bpf_link__destroy(link);
    return fd;
}

uint64_t BuildNumber() {
    size_t size = 0;
    const void* object = bailiff_bpf::elf_bytes(&size);
    policy::Digest digest = policy::Sha256(object, size);
    uint64_t number = 0;
    std::memcpy(&number, digest.data(), sizeof(number));
    return number;
}

}  // namespace

bool Deployment::is_of_this_build() const {
    return control_->build == BuildNumber();
}

HookSet HooksOf(const policy::ImageView& image, const btf* kernel) {
    uint64_t operations = 0;
    for (uint32_t i = 0; i < image.index().rule_count; i++) operations |= image.rule(i).operations;
    return PresentIn(kernel, HooksFor(operations));
}

Result<Deployment> Deployment::Load(HookSet hooks, const btf* kernel) {
    Deployment loaded;
    Skeleton skeleton = TRY(LoadPrograms(kernel, hooks));
    AtStep("loaded");
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, skeleton->obj) {
        if (!IsShared(map)) continue;
        const char* name = bpf_map__name(map);
        Fd fd = TRY(Duplicate(bpf_map__fd(map), name));
        loaded.maps_.emplace(name, std::move(fd));
    }
    TRY_STATUS(loaded.MapControl());
    loaded.control_->version = BLF_RUNTIME_VERSION;
    loaded.control_->build = BuildNumber();
    loaded.control_->host_mounts = TRY(HostMounts());
    TRY_STATUS(loaded.PublishEmpty());
    AtStep("slot-filled");
    loaded.control_->hooks = hooks;
    for (const HookInfo& hook : kHooks) {
        if (!Contains(hooks, hook)) continue;
        Fd fd = TRY(Attach(skeleton.get(), hook));
        loaded.links_.emplace(hook.name, std::move(fd));
        AtStep(fmt::format("attached-{}", hook.name));
    }
    return loaded;
}

Result<Fd> OpenPin(std::string_view directory, const std::string& name) {
    std::string path = PinPath(directory, name);
    Fd fd(bpf_obj_get(path.c_str()));
    if (fd) return fd;
    if (errno == ENOENT) return Fail(ErrorKind::kUnknown, path + " is missing");
    return FailErrno(path);
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
    TRY_STATUS(ForgetDirectories());
    return PublishIn(slot(), image);
}

// What cannot be forgotten is no reason to go on denying.
Status Deployment::PublishEmptyIn(int slot) {
    MoveDirectory();
    ImageMap map = TRY(ImageMap::Create(policy::EmptyImage()));
    return PublishIn(slot, map);
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
