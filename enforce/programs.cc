// SPDX-License-Identifier: Apache-2.0
#include "enforce/programs.h"

#include <bpf/bpf.h>
#include <fcntl.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include "abi/runtime.h"
#include "bpf/bailiff.skel.h"
#include "bpf/bailiff_probing.skel.h"
#include "bpf/build_number.h"
#include "enforce/decider.h"
#include "enforce/log.h"
#include "enforce/mount_lock.h"
#include "fmt/format.h"

namespace bailiff::enforce {
namespace {

// The constants of the programs, as both objects have them. The section may end before the
// structure's last padding.
using Knowledge = std::remove_pointer_t<decltype(bailiff_bpf::rodata)>;
using KnowledgeOfProbing = std::remove_pointer_t<decltype(bailiff_probing_bpf::rodata)>;
static_assert(
    sizeof(Knowledge) == sizeof(KnowledgeOfProbing) &&
    offsetof(Knowledge, blf_mount_lock) == offsetof(KnowledgeOfProbing, blf_mount_lock) &&
    offsetof(Knowledge, blf_remembers_files) == offsetof(KnowledgeOfProbing, blf_remembers_files) &&
    offsetof(Knowledge, blf_known_dimensions) ==
        offsetof(KnowledgeOfProbing, blf_known_dimensions) &&
    offsetof(Knowledge, blf_known_defaults) == offsetof(KnowledgeOfProbing, blf_known_defaults) &&
    offsetof(Knowledge, blf_known_members) == offsetof(KnowledgeOfProbing, blf_known_members) &&
    offsetof(Knowledge, blf_known_sockets) == offsetof(KnowledgeOfProbing, blf_known_sockets) &&
    offsetof(Knowledge, blf_known_places) == offsetof(KnowledgeOfProbing, blf_known_places) &&
    offsetof(Knowledge, blf_setattr_has_idmap) ==
        offsetof(KnowledgeOfProbing, blf_setattr_has_idmap));

static_assert((kHooks[BLF_HOOK_file_access].operations & ~kHooks[BLF_HOOK_file_open].operations) ==
                  0,
              "what remembers open files (bpf/opened.h) comes with what forgets them");
static_assert(kHooks[BLF_HOOK_file_permission].operations ==
                  BLF_UNLESS(kHooks[BLF_HOOK_file_access].operations),
              "one of the two is the guard");

// EPERM is a lack of privilege, and memory may have run out; anything else (EACCES and EINVAL of
// the verifier, E2BIG of a full hook) is this kernel. libbpf's last lines, the verifier's among
// them, say more.
std::unexpected<Error> RefusedByKernel(std::string_view what, int code, const LogCapture& log) {
    Error error = FailErrno(what, code).error();
    if (code != EPERM && error.kind != ErrorKind::kExhausted) error.kind = ErrorKind::kKernel;
    error.remedy = log.text();
    return std::unexpected(std::move(error));
}

// libbpf tries what a kernel can do, and believes from then on that it cannot.
constexpr const char* kMemoryMayBeShort =
    "where memory is short for a moment (Cannot allocate memory), libbpf takes the kernel for one "
    "that lacks something: try again";

Result<Fd> Duplicate(int fd, std::string_view what) {
    Fd copy(fcntl(fd, F_DUPFD_CLOEXEC, 3));
    if (!copy) return FailErrno(what);
    return copy;
}

std::string NameOf(const HookInfo& hook) {
    return fmt::format("blf_{}", hook.name);
}

bpf_program* Find(const bpf_object* object, const HookInfo& hook) {
    return bpf_object__find_program_by_name(object, NameOf(hook).c_str());
}

// bpf/read.h: how they read.
bpf_object* Open(const KernelTypes& kernel) {
    size_t size = 0;
    const void* bytes = kernel.ArgumentsOf("bpf_rdonly_cast")
                            ? bailiff_bpf::elf_bytes(&size)
                            : bailiff_probing_bpf::elf_bytes(&size);
    LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "bailiff");
    return bpf_object__open_mem(bytes, size, &options);
}

Status Tell(const bpf_object* object, const KernelTypes& kernel, const Wanted& wanted,
            uint64_t mount_lock) {
    bpf_map* section = bpf_object__find_map_by_name(object, ".rodata");
    size_t size = 0;
    const void* value = section ? bpf_map__initial_value(section, &size) : nullptr;
    if (value == nullptr) return Fail(ErrorKind::kInternal, "our programs have no constants");
    std::vector<std::byte> bytes(std::max(size, sizeof(Knowledge)));
    std::memcpy(bytes.data(), value, size);
    Knowledge known;
    std::memcpy(&known, bytes.data(), sizeof(known));
    known.blf_mount_lock = mount_lock;
    known.blf_remembers_files = Contains(wanted.hooks, kHooks[BLF_HOOK_file_access]) &&
                                Contains(wanted.hooks, kHooks[BLF_HOOK_file_open]);
    known.blf_known_dimensions = wanted.knowledge & (BLF_DIMENSION(BLF_DIMENSIONS) - 1);
    known.blf_known_defaults = (wanted.knowledge & BLF_KNOWS_OF_DEFAULTS) != 0;
    known.blf_known_members = (wanted.knowledge & BLF_IS_OF_RUN) != 0;
    known.blf_known_sockets = std::ranges::any_of(kHooks, [&](const HookInfo& hook) {
        return hook.is_on_sockets() && Contains(wanted.hooks, hook);
    });
    known.blf_known_places = std::ranges::any_of(kHooks, [&](const HookInfo& hook) {
        return hook.is_anywhere() && Contains(wanted.hooks, hook);
    });
    known.blf_setattr_has_idmap = kernel.ArgumentsOf("bpf_lsm_inode_setattr") == 3U;
    std::memcpy(bytes.data(), &known, sizeof(known));
    const int error = bpf_map__set_initial_value(section, bytes.data(), size);
    return error ? FailErrno("cannot tell our programs about this kernel", -error) : Status{};
}

// One of another shape, of an older program, is not taken.
Status TakeOver(const bpf_object* object, const std::map<std::string, Fd>& kept) {
    for (const auto& [name, fd] : kept) {
        bpf_map* map = bpf_object__find_map_by_name(object, name.c_str());
        if (map == nullptr) continue;
        bpf_map_info info{};
        uint32_t length = sizeof(info);
        if (bpf_obj_get_info_by_fd(fd.get(), &info, &length) != 0 ||
            (info.value_size == bpf_map__value_size(map) &&
             bpf_map__reuse_fd(map, fd.get()) != 0)) {
            return FailErrno("cannot take over " + name);
        }
    }
    return {};
}

bool IsTraced(const Wanted& wanted) {
    return (wanted.knowledge & BLF_IS_TRACED) != 0;
}

// Where nobody wants events, what they take is not there.
constexpr uint32_t kEventBytes = 16 << 20;
constexpr uint32_t kToldEvents = 1 << 16;
Status MakeRoomForEvents(const bpf_object* object, const Wanted& wanted) {
    for (const auto& [name, entries] :
         {std::pair{"drafts", 0U}, {"events", kEventBytes}, {"told", kToldEvents}}) {
        bpf_map* map = bpf_object__find_map_by_name(object, name);
        if (map == nullptr) return Fail(ErrorKind::kInternal, "no map for events");
        bpf_map__set_autocreate(map, IsTraced(wanted));
        if (entries) bpf_map__set_max_entries(map, entries);
    }
    return {};
}

// Chooses the programs to load. The decider is verified with the first that has something decided.
Status Choose(const bpf_object* object, const Wanted& wanted, DeciderHandler* handler) {
    const bpf_program* example = nullptr;
    for (const HookInfo& hook : kHooks) {
        bpf_program* program = Find(object, hook);
        if (!program) return Fail(ErrorKind::kInternal, "no program " + NameOf(hook));
        bpf_program__set_autoload(program, Contains(wanted.hooks, hook));
        if (!example && hook.decides() && Contains(wanted.hooks, hook)) example = program;
    }
    for (const char* decider : {kDecider, kTracer}) {
        const bool is_it = (decider == kTracer) == IsTraced(wanted);
        bpf_program__set_autoload(bpf_object__find_program_by_name(object, decider),
                                  example != nullptr && is_it);
    }
    return example ? handler->SetExample(object, example) : Status{};
}

// What nobody has a pin of is found by its name (enforce/attached.h).
Status AreNamed(const bpf_object* object, const Wanted& wanted) {
    for (const HookInfo& hook : kHooks) {
        if (!Contains(wanted.hooks, hook)) continue;
        bpf_prog_info info{};
        uint32_t size = sizeof(info);
        if (bpf_obj_get_info_by_fd(bpf_program__fd(Find(object, hook)), &info, &size) != 0) {
            return FailErrno("cannot read our programs' names");
        }
        if (info.name[0] != '\0') continue;
        return Fail(ErrorKind::kExhausted, "cannot load our programs: they got no names",
                    kMemoryMayBeShort);
    }
    return {};
}

}  // namespace

Result<Programs> Programs::Load(const Wanted& wanted, const KernelTypes& kernel,
                                const std::map<std::string, Fd>& kept) {
    LogCapture log;
    DeciderHandler handler;
    Programs programs(Open(kernel));
    if (!programs.object_) return FailErrno("cannot open our programs");
    const uint64_t mount_lock = FindMountLock();
    programs.remembers_ = mount_lock != 0;
    TRY_STATUS(Tell(programs.object_.get(), kernel, wanted, mount_lock));
    TRY_STATUS(Choose(programs.object_.get(), wanted, &handler));
    TRY_STATUS(MakeRoomForEvents(programs.object_.get(), wanted));
    TRY_STATUS(TakeOver(programs.object_.get(), kept));
    const int error = bpf_object__load(programs.object_.get());
    if (error) {
        auto refused = RefusedByKernel("cannot load our programs", -error, log);
        refused.error().remedy += kMemoryMayBeShort;
        return refused;
    }
    TRY_STATUS(AreNamed(programs.object_.get(), wanted));
    programs.decision_ = handler.function();
    programs.traces_ = IsTraced(wanted);
    return programs;
}

uint64_t Programs::BuildNumber() {
    return kBuildNumber;
}

Result<std::map<std::string, Fd>> Programs::Maps() const {
    std::map<std::string, Fd> maps;
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object_.get()) {
        if (bpf_map__is_internal(map) || !bpf_map__autocreate(map)) continue;
        Fd fd = TRY(Duplicate(bpf_map__fd(map), bpf_map__name(map)));
        maps.emplace(bpf_map__name(map), std::move(fd));
    }
    return maps;
}

Result<Fd> Programs::Attach(const HookInfo& hook) const {
    LogCapture log;
    bpf_link* link = bpf_program__attach(Find(object_.get(), hook));
    if (!link) return RefusedByKernel("cannot attach " + hook.attach_point(), errno, log);
    Result<Fd> fd = Duplicate(bpf_link__fd(link), NameOf(hook));
    bpf_link__destroy(link);
    return fd;
}

Result<Fd> Programs::AttachDecider(const HookInfo& hook) const {
    LogCapture log;
    LIBBPF_OPTS(bpf_link_create_opts, options, .target_btf_id = decision_);
    const bpf_program* decider =
        bpf_object__find_program_by_name(object_.get(), traces_ ? kTracer : kDecider);
    Fd link(bpf_link_create(bpf_program__fd(decider), bpf_program__fd(Find(object_.get(), hook)),
                            bpf_attach_type{}, &options));
    if (link) return link;
    return RefusedByKernel("cannot attach what decides at " + hook.attach_point(), errno, log);
}

}  // namespace bailiff::enforce
