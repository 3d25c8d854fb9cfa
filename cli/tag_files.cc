// SPDX-License-Identifier: Apache-2.0
#include "cli/tag_files.h"

#include "fmt/format.h"
#include "policy/tags.h"

namespace bailiff::cli {

Result<std::vector<enforce::IdentifiedFile>> TagFiles(Compiled* compiled, Links links) {
    std::vector<enforce::IdentifiedFile> files =
        TRY(enforce::IdentifyFiles(compiled->literal_paths));
    std::vector<policy::NamedFile> named;
    for (const enforce::IdentifiedFile& file : files) {
        named.push_back({file.path, file.inode, file.device, file.generation});
    }
    policy::StateUnions unions = policy::UnionsFor(compiled->image->view(), named);
    if (!unions.empty()) {
        Compiled again = CompileSources(compiled->sources, links, Review::kNo, unions);
        if (!again.image) return Fail(ErrorKind::kInternal, "the policies compiled only once");
        compiled->image = std::move(again.image);
    }
    policy::AddTags(&*compiled->image, named, unions);
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
