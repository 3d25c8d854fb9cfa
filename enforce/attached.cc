// SPDX-License-Identifier: Apache-2.0
#include "enforce/attached.h"

#include <chrono>
#include <cstring>
#include <set>
#include <thread>

#include "base/fd.h"
#include "enforce/pins.h"
#include "enforce/whereabouts.h"
#include "fmt/format.h"

namespace bailiff::enforce {
namespace {

using std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds(5);
constexpr auto kPause = std::chrono::milliseconds(10);
constexpr std::string_view kPrefix = "blf_";

// How hooks of ours are attached (abi/hooks.def).
bool IsOurWay(uint32_t attach_type) {
    switch (attach_type) {
        case BPF_LSM_MAC:
        case BPF_TRACE_FENTRY:
        case BPF_TRACE_FEXIT:
            return true;
        default:
            return false;
    }
}

// Its name, when it is named as those are that our hooks ask; "" otherwise, also when it is gone.
// The one that decides is attached to them, and not to the kernel.
Result<std::string> NameIfOurs(uint32_t program_id) {
    Fd fd(bpf_prog_get_fd_by_id(program_id));
    if (!fd && errno == ENOENT) return std::string();
    bpf_prog_info info{};
    uint32_t size = sizeof(info);
    if (!fd || bpf_obj_get_info_by_fd(fd.get(), &info, &size) != 0) {
        return FailErrno(fmt::format("cannot read BPF program {}", program_id));
    }
    std::string name(info.name, strnlen(info.name, sizeof(info.name)));
    const bool is_asked = name.starts_with(kPrefix) && info.type != BPF_PROG_TYPE_EXT;
    return is_asked ? name : std::string();
}

// Adds the ids of all links pinned there, of whatever version.
Status AddPinnedLinks(std::string_view directory, std::set<uint32_t>& ids) {
    const std::vector<std::string> names = TRY(ListPins(directory));
    for (const std::string& name : names) {
        if (!name.starts_with(LinkPinName(""))) continue;
        std::string path = PinPath(directory, name);
        Fd fd(bpf_obj_get(path.c_str()));
        if (!fd && errno == ENOENT) continue;  // removed since it was listed
        if (!fd) return FailErrno(path);
        bpf_link_info info = TRY(LinkInfo(fd.get()));
        ids.insert(info.id);
    }
    return {};
}

// There, and by runs.
Result<std::set<uint32_t>> PinnedLinks(std::string_view directory) {
    std::set<uint32_t> ids;
    TRY_STATUS(AddPinnedLinks(directory, ids));
    const std::vector<std::string> runs = TRY(RunDirectories());
    for (const std::string& run : runs) TRY_STATUS(AddPinnedLinks(run, ids));
    return ids;
}

}  // namespace

Result<bpf_link_info> LinkInfo(int fd) {
    bpf_link_info info{};
    uint32_t size = sizeof(info);
    if (bpf_obj_get_info_by_fd(fd, &info, &size) != 0) return FailErrno("cannot read a link");
    return info;
}

Status ForEachTracingLink(const std::function<Status(const bpf_link_info&)>& look) {
    uint32_t id = 0;
    while (bpf_link_get_next_id(id, &id) == 0) {
        Fd fd(bpf_link_get_fd_by_id(id));
        if (!fd && (errno == ENOENT || errno == EAGAIN)) continue;
        if (!fd) return FailErrno(fmt::format("cannot open BPF link {}", id));
        bpf_link_info info = TRY(LinkInfo(fd.get()));
        if (info.type == BPF_LINK_TYPE_TRACING) TRY_STATUS(look(info));
    }
    if (errno == ENOENT) return {};
    Error error = FailErrno("cannot list the kernel's BPF links").error();
    if (error.kind == ErrorKind::kNoPrivilege) error.remedy = "run as root, outside containers";
    return std::unexpected(std::move(error));
}

Result<std::vector<AttachedProgram>> StrayPrograms(std::string_view directory) {
    std::set<uint32_t> pinned = TRY(PinnedLinks(directory));
    std::vector<AttachedProgram> strays;
    TRY_STATUS(ForEachTracingLink([&](const bpf_link_info& link) -> Status {
        if (!IsOurWay(link.tracing.attach_type) || pinned.contains(link.id)) return {};
        std::string name = TRY(NameIfOurs(link.prog_id));
        if (!name.empty()) strays.push_back({std::move(name), link.prog_id, link.id});
        return {};
    }));
    return strays;
}

Result<std::vector<AttachedProgram>> LastingStrays(std::string_view directory) {
    auto deadline = steady_clock::now() + kPatience;
    for (;;) {
        Result<std::vector<AttachedProgram>> strays = StrayPrograms(directory);
        const bool settled =
            strays ? strays->empty() : strays.error().kind != ErrorKind::kExhausted;
        if (settled || steady_clock::now() >= deadline) return strays;
        std::this_thread::sleep_for(kPause);
    }
}

Error OutOfSight(const std::vector<AttachedProgram>& strays) {
    std::string list;
    for (const AttachedProgram& stray : strays) {
        list += fmt::format("{}{} (program {}, link {})", list.empty() ? "" : ", ", stray.program,
                            stray.program_id, stray.link_id);
    }
    std::vector<uint32_t> links;
    for (const AttachedProgram& stray : strays) links.push_back(stray.link_id);
    bool one = strays.size() == 1;
    return {ErrorKind::kUnknown,
            fmt::format("attached to this kernel, and not pinned in {} as seen from here: {}; "
                        "whether {} enforce{} cannot be told",
                        kDirectory, list, one ? "it" : "they", one ? "s" : ""),
            fmt::format("{}", fmt::join(Whereabouts(links), "\n"))};
}

}  // namespace bailiff::enforce
