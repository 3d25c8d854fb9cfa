// SPDX-License-Identifier: Apache-2.0
#include "cli/tag_files.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "fmt/format.h"
#include "policy/tags.h"

namespace bailiff::cli {

namespace {

using Files = std::vector<policy::NamedFile>;

// "/a and /b": two names of one file.
std::string TwoNames(const Files& files) {
    std::map<std::tuple<uint64_t, uint32_t, uint32_t>, std::string> first;
    for (const policy::NamedFile& file : files) {
        const auto [at, is_new] =
            first.try_emplace({file.inode, file.device, file.generation}, file.path);
        if (!is_new) return fmt::format("{} and {}", at->second, file.path);
    }
    return {};
}

// The policies alone were compiled before.
Status NotTogether(const policy::Diagnostics& found, const Files& files) {
    const auto error =
        std::ranges::find(found.list(), policy::Severity::kError, &policy::Diagnostic::severity);
    const bool told = error != found.list().end();
    return Fail(ErrorKind::kPolicy,
                fmt::format("the rules for the names of one file, as {}, cannot be joined: {}",
                            TwoNames(files), told ? error->message : "the policies changed"),
                told ? error->hint + "\nor name each file once" : std::string());
}

}  // namespace

Status TagKnownFiles(Compiled* compiled, const Terms& terms, const Files& files,
                     const policy::CompileLimits& limits) {
    policy::StateUnions unions = policy::UnionsFor(compiled->image->view(), files);
    if (!unions.empty()) {
        Compiled again = CompileSources(compiled->sources, terms, limits, unions);
        if (!again.image) return NotTogether(again.diagnostics, files);
        compiled->image = std::move(again.image);
    }
    return policy::AddTags(&*compiled->image, files, unions, limits.blocks);
}

Result<std::vector<enforce::IdentifiedFile>> TagFiles(Compiled* compiled, const Terms& terms) {
    std::vector<enforce::IdentifiedFile> files =
        TRY(enforce::IdentifyFiles(compiled->literal_paths));
    Files named;
    for (const enforce::IdentifiedFile& file : files) {
        named.push_back({file.path, file.inode, file.device, file.generation});
    }
    TRY_STATUS(TagKnownFiles(compiled, terms, named));
    return files;
}

std::string OtherNames(const std::vector<enforce::IdentifiedFile>& files) {
    std::string text;
    for (const enforce::IdentifiedFile& file : files) {
        if (file.links < 2) continue;
        text += fmt::format("note: {} has {}; the rule holds for all of them\n", file.path,
                            Count(file.links - 1, "more name"));
    }
    return text;
}

Json OtherNamesJson(const std::vector<enforce::IdentifiedFile>& files) {
    Json list = Json::array();
    for (const enforce::IdentifiedFile& file : files) {
        if (file.links > 1) list.push_back({{"path", file.path}, {"names", file.links}});
    }
    return list;
}

}  // namespace bailiff::cli
