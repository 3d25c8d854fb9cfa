// SPDX-License-Identifier: Apache-2.0
#include "policy/asker.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>

#include "policy/read_number.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

constexpr uint32_t kNoGroup = 0xffffffff;

// What an asker has one number of, in the order of the dimensions: first what its target has, too.
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
constexpr size_t kValuesOfTarget = 4;
static_assert(std::size(kValues) == BLF_VALUES - kValuesOfTarget);

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

// What is known of a process, as the side of a request that it is. Points to its groups.
Status Describe(const ImageView& image, const Asker& process, bool target, blf_subject* subject) {
    const auto side = [target](blf_by by) { return target ? OfTarget(by) : by; };
    const auto set = [&](blf_by by, const std::string& path) {
        return SetPathClass(image, side(by), path, subject);
    };
    TRY_STATUS(set(BLF_BY_EXE, process.exe));
    TRY_STATUS(set(BLF_BY_PARENT, process.parent));
    TRY_STATUS(set(BLF_BY_CGROUP, process.cgroup));
    TRY_STATUS(set(BLF_BY_EXE_SHA256, DigestPath(process)));
    blf_sets& sets = target ? subject->target : subject->own;
    const auto add = [&](const std::string& program, blf_by by, __u64* lists) {
        return AddLists(image, program, side(by), lists, subject);
    };
    TRY_STATUS(add(process.script, BLF_BY_SCRIPT, &sets.scripts));
    TRY_STATUS(add(process.parent, BLF_BY_ANCESTORS, &sets.ancestors));
    for (const std::string& exe : process.ancestors) {
        TRY_STATUS(add(exe, BLF_BY_ANCESTORS, &sets.ancestors));
    }
    for (const Value& value : std::span(kValues).first(kValuesOfTarget)) {
        subject->value[side(value.dimension) - BLF_AUTOMATA] = process.*value.field;
    }
    sets.gid = process.gids.empty() ? kNoGroup : process.gids.front();
    sets.groups = reinterpret_cast<uintptr_t>(process.gids.data());
    sets.group_count = static_cast<uint32_t>(process.gids.size());
    sets.capabilities = process.capabilities;
    return {};
}

// Points to groups of the asker and of `nobody`, which stands for a target that is not described.
Result<blf_subject> SubjectOf(const ImageView& image, const Asker& asker, const Asker& nobody) {
    blf_subject subject{};
    TRY_STATUS(Describe(image, asker, false, &subject));
    TRY_STATUS(
        Describe(image, asker.target.empty() ? nobody : asker.target.front(), true, &subject));
    TRY_STATUS(SetPathClass(image, BLF_BY_NAME, asker.name, &subject));
    TRY_STATUS(SetPathClass(image, BLF_BY_SOURCE, asker.source, &subject));
    for (const Value& value : std::span(kValues).subspan(kValuesOfTarget)) {
        subject.value[value.dimension - BLF_AUTOMATA] = asker.*value.field;
    }
    subject.mount_flags = asker.mount_flags;
    return subject;
}

blf_who SiftUnder(const ImageView& image, const blf_root& root, const blf_subject& subject) {
    blf_sift sift;
    blf_sift_subject(&sift, &image, &root, &subject);
    return sift.who;
}

// The process that the dimension is about.
Asker* ProcessOf(Asker* asker, blf_by dimension) {
    if (!IsOfTarget(dimension)) return asker;
    asker->target.resize(1);
    return &asker->target.front();
}

// Adds to what there is.
class AskerWriter {
  public:
    std::string Write(const Asker& asker) && {
        AddProcess(asker, "");
        const Asker plain;
        for (const Value& value : std::span(kValues).subspan(kValuesOfTarget)) {
            const uint32_t own = asker.*value.field;
            if (own != plain.*value.field) AddNumber("", value.dimension, own);
        }
        if (!asker.name.empty()) Add("", "name", asker.name);
        if (!asker.source.empty()) Add("", "source", asker.source);
        AddBits("", BLF_BY_MOUNT_FLAG, asker.mount_flags);
        for (const Asker& target : asker.target) AddProcess(target, kTarget);
        return std::move(text_);
    }

  private:
    void AddProcess(const Asker& process, std::string_view side) {
        const Asker plain;
        if (!process.exe.empty()) Add(side, "exe", process.exe);
        if (!process.exe_sha256.empty()) Add(side, "exe-sha256", process.exe_sha256);
        if (!process.script.empty()) Add(side, "script", process.script);
        if (!process.parent.empty()) Add(side, "parent", process.parent);
        for (const std::string& one : process.ancestors) Add(side, "descendant-of", one);
        if (process.cgroup != plain.cgroup) Add(side, "cgroup", process.cgroup);
        AddNumber(side, BLF_BY_UID, process.uid);
        for (uint32_t gid : process.gids) AddNumber(side, BLF_BY_GID, gid);
        for (const Value& value : std::span(kValues).first(kValuesOfTarget)) {
            const uint32_t own = process.*value.field;
            if (value.dimension != BLF_BY_UID && own != plain.*value.field)
                AddNumber(side, value.dimension, own);
        }
        AddBits(side, BLF_BY_CAPABILITY, process.capabilities);
    }

    void Add(std::string_view side, std::string_view word, std::string_view value) {
        text_ += fmt::format("{}{}{} {}", text_.empty() ? "" : ", ", side, word, value);
    }

    void AddNumber(std::string_view side, blf_by by, uint32_t value) {
        Add(side, DimensionWord(by), NumberText(by, {value, value}));
    }

    void AddBits(std::string_view side, blf_by by, uint64_t bits) {
        for (uint32_t bit = 0; bit < 64; bit++) {
            if (bits >> bit & 1) AddNumber(side, by, bit);
        }
    }

    std::string text_;
};

}  // namespace

void SetNumber(Asker* whose, blf_by given, uint32_t number) {
    Asker* asker = ProcessOf(whose, given);
    const blf_by dimension = OfAsker(given);
    const auto* found = std::ranges::find(kValues, dimension, &Value::dimension);
    if (found != std::end(kValues)) asker->*found->field = number;
    if (dimension == BLF_BY_GID) asker->gids.push_back(number);
    if (dimension == BLF_BY_CAPABILITY) asker->capabilities |= uint64_t{1} << number;
    if (dimension == BLF_BY_MOUNT_FLAG) asker->mount_flags |= uint64_t{1} << number;
}

void SetPath(Asker* whose, blf_by dimension, std::string path) {
    Asker* asker = ProcessOf(whose, dimension);
    switch (OfAsker(dimension)) {
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
    return AskerWriter().Write(asker);
}

Result<PathClass> ClassifyBy(const ImageView& image, blf_by dimension, const std::string& path) {
    if (path.empty()) return PathClass{};
    // A text is one component, whatever is in it.
    if (IsDetail(dimension) && !IsOfTarget(dimension))
        return Step(image, image.dimension(dimension).first, path);
    std::vector<std::string> components = TRY(SplitPath(path));
    return Classify(image, image.dimension(dimension).first, components);
}

Result<blf_who> Sift(const ImageView& image, const Asker& asker, uint64_t passed_over) {
    const Asker nobody;
    blf_subject subject = TRY(SubjectOf(image, asker, nobody));
    subject.passed_over = passed_over;
    return Sift(image, subject);
}

Result<WhoByDimension> SiftByDimension(const ImageView& image, const Asker& asker) {
    const Asker nobody;
    const blf_subject subject = TRY(SubjectOf(image, asker, nobody));
    WhoByDimension who{};
    for (uint32_t by = 0; by < BLF_DIMENSIONS; by++) {
        blf_root root = image.root();
        root.used &= BLF_DIMENSION(by);
        who[by] = SiftUnder(image, root, subject);
    }
    return who;
}

blf_who Sift(const ImageView& image, const blf_subject& subject) {
    return SiftUnder(image, image.root(), subject);
}

}  // namespace bailiff::policy
