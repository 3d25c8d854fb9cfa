// SPDX-License-Identifier: Apache-2.0
#include "policy/asker.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "policy/read_number.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

constexpr uint32_t kNoGroup = 0xffffffff;

// What an asker has one number of, in the order of the dimensions.
struct Value {
    blf_by dimension;
    uint32_t Asker::* field;
};
constexpr Value kValues[] = {
    {BLF_BY_UID, &Asker::uid},
    {BLF_BY_LOGIN_UID, &Asker::login_uid},
    {BLF_BY_SESSION, &Asker::session},
    {BLF_BY_USER_NAMESPACE, &Asker::user_namespace},
    {BLF_BY_PORT, &Asker::port},
    {BLF_BY_PROTOCOL, &Asker::protocol},
    {BLF_BY_FAMILY, &Asker::family},
    {BLF_BY_SOCKET_TYPE, &Asker::type},
    {BLF_BY_LOCKDOWN, &Asker::lockdown},
    {BLF_BY_COMMAND, &Asker::command},
    {BLF_BY_PROGRAM_TYPE, &Asker::program_type},
    {BLF_BY_MAP_TYPE, &Asker::map_type},
    {BLF_BY_PTRACE_ACCESS, &Asker::ptrace_access},
    {BLF_BY_SIGNAL, &Asker::signal},
    {BLF_BY_USED_CAPABILITY, &Asker::used_capability},
    {BLF_BY_OPTION, &Asker::option},
    {BLF_BY_RESOURCE, &Asker::resource},
};
static_assert(std::size(kValues) == BLF_VALUES);

Status SetPathClass(const ImageView& image, blf_by by, const std::string& path,
                    blf_subject* subject) {
    const PathClass found = TRY(ClassifyBy(image, by, path));
    std::ranges::fill(subject->path[by], found.state);
    subject->reason[by] = found.reason;
    return {};
}

// The lists that a program is in.
Status AddLists(const ImageView& image, const std::string& program, blf_by by, __u64* lists,
                blf_subject* subject) {
    const PathClass found = TRY(ClassifyBy(image, BLF_BY_LINEAGE, program));
    *lists |= image.Lineages(found.state);
    if (found.reason != 0) subject->reason[by] = found.reason;
    return {};
}

// Points to the asker's groups.
Result<blf_subject> SubjectOf(const ImageView& image, const Asker& asker) {
    blf_subject subject{};
    TRY_STATUS(SetPathClass(image, BLF_BY_EXE, asker.exe, &subject));
    TRY_STATUS(SetPathClass(image, BLF_BY_PARENT, asker.parent, &subject));
    TRY_STATUS(SetPathClass(image, BLF_BY_CGROUP, asker.cgroup, &subject));
    TRY_STATUS(SetPathClass(image, BLF_BY_EXE_SHA256, DigestPath(asker), &subject));
    TRY_STATUS(SetPathClass(image, BLF_BY_NAME, asker.name, &subject));
    TRY_STATUS(SetPathClass(image, BLF_BY_SOURCE, asker.source, &subject));
    const auto add = [&](const std::string& program, blf_by by, __u64* lists) {
        return AddLists(image, program, by, lists, &subject);
    };
    TRY_STATUS(add(asker.script, BLF_BY_SCRIPT, &subject.scripts));
    TRY_STATUS(add(asker.parent, BLF_BY_ANCESTORS, &subject.ancestors));
    for (const std::string& exe : asker.ancestors) {
        TRY_STATUS(add(exe, BLF_BY_ANCESTORS, &subject.ancestors));
    }
    for (const Value& value : kValues) {
        subject.value[value.dimension - BLF_AUTOMATA] = asker.*value.field;
    }
    subject.gid = asker.gids.empty() ? kNoGroup : asker.gids.front();
    subject.groups = reinterpret_cast<uintptr_t>(asker.gids.data());
    subject.group_count = static_cast<uint32_t>(asker.gids.size());
    subject.capabilities = asker.capabilities;
    subject.mount_flags = asker.mount_flags;
    return subject;
}

blf_who SiftUnder(const ImageView& image, const blf_root& root, const blf_subject& subject) {
    blf_sift sift;
    blf_sift_subject(&sift, &image, &root, &subject);
    return sift.who;
}

}  // namespace

void SetNumber(Asker* asker, blf_by dimension, uint32_t number) {
    const auto* found = std::ranges::find(kValues, dimension, &Value::dimension);
    if (found != std::end(kValues)) asker->*found->field = number;
    if (dimension == BLF_BY_GID) asker->gids.push_back(number);
    if (dimension == BLF_BY_CAPABILITY) asker->capabilities |= uint64_t{1} << number;
    if (dimension == BLF_BY_MOUNT_FLAG) asker->mount_flags |= uint64_t{1} << number;
}

void SetPath(Asker* asker, blf_by dimension, std::string path) {
    switch (dimension) {
        case BLF_BY_EXE:
            asker->exe = std::move(path);
            break;
        case BLF_BY_PARENT:
            asker->parent = std::move(path);
            break;
        case BLF_BY_CGROUP:
            asker->cgroup = std::move(path);
            break;
        case BLF_BY_EXE_SHA256:
            asker->exe_sha256 = path.substr(path.starts_with('/') ? 1 : 0);
            break;
        case BLF_BY_NAME:
            asker->name = std::move(path);
            break;
        case BLF_BY_SOURCE:
            asker->source = std::move(path);
            break;
        case BLF_BY_SCRIPT:
            asker->script = std::move(path);
            break;
        case BLF_BY_ANCESTORS:
            asker->ancestors.push_back(std::move(path));
            break;
        default:
            break;
    }
}

std::string DigestPath(const Asker& asker) {
    return asker.exe_sha256.empty() ? std::string() : "/" + asker.exe_sha256;
}

std::string AskerText(const Asker& asker) {
    std::string text;
    const auto add = [&](std::string_view word, std::string_view value) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", word, value);
    };
    const auto number = [&](blf_by by, uint32_t value) {
        add(DimensionWord(by), NumberText(by, {value, value}));
    };
    const Asker plain;
    if (!asker.exe.empty()) add("exe", asker.exe);
    if (!asker.exe_sha256.empty()) add("exe-sha256", asker.exe_sha256);
    if (!asker.script.empty()) add("script", asker.script);
    if (!asker.parent.empty()) add("parent", asker.parent);
    for (const std::string& one : asker.ancestors) add("descendant-of", one);
    if (asker.cgroup != plain.cgroup) add("cgroup", asker.cgroup);
    number(BLF_BY_UID, asker.uid);
    for (uint32_t gid : asker.gids) number(BLF_BY_GID, gid);
    for (const Value& value : kValues) {
        const uint32_t own = asker.*value.field;
        if (value.dimension != BLF_BY_UID && own != plain.*value.field)
            number(value.dimension, own);
    }
    if (!asker.name.empty()) add("name", asker.name);
    if (!asker.source.empty()) add("source", asker.source);
    for (uint32_t bit = 0; bit < 64; bit++) {
        if (asker.capabilities >> bit & 1) number(BLF_BY_CAPABILITY, bit);
        if (asker.mount_flags >> bit & 1) number(BLF_BY_MOUNT_FLAG, bit);
    }
    return text;
}

Result<PathClass> ClassifyBy(const ImageView& image, blf_by dimension, const std::string& path) {
    if (path.empty()) return PathClass{};
    // A text is one component, whatever is in it.
    if (IsDetail(dimension)) return Step(image, image.dimension(dimension).first, path);
    std::vector<std::string> components = TRY(SplitPath(path));
    return Classify(image, image.dimension(dimension).first, components);
}

Result<blf_who> Sift(const ImageView& image, const Asker& asker, uint32_t passed_over) {
    blf_subject subject = TRY(SubjectOf(image, asker));
    subject.passed_over = passed_over;
    return Sift(image, subject);
}

Result<WhoByDimension> SiftByDimension(const ImageView& image, const Asker& asker) {
    const blf_subject subject = TRY(SubjectOf(image, asker));
    WhoByDimension who{};
    for (uint32_t by = 0; by < BLF_DIMENSIONS; by++) {
        blf_root root = image.root();
        root.used &= 1U << by;
        who[by] = SiftUnder(image, root, subject);
    }
    return who;
}

blf_who Sift(const ImageView& image, const blf_subject& subject) {
    return SiftUnder(image, image.root(), subject);
}

}  // namespace bailiff::policy
