// SPDX-License-Identifier: Apache-2.0
#include "policy/tags.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "fmt/format.h"
#include "policy/classify.h"
#include "policy/image_seam.h"
#include "policy/messages.h"
// after the seam
#include "decide/tag.h"

namespace bailiff::policy {
namespace {

using Identity = std::tuple<uint64_t, uint32_t, uint32_t>;
// By file, its states under the names that rules have for it.
using StatesOfFiles = std::map<Identity, std::set<uint32_t>>;

std::optional<std::string> LiteralText(const PathPattern& pattern) {
    std::string text;
    for (const Component& component : pattern.components) {
        if (component.name.empty()) return std::nullopt;
        text += '/' + component.name;
    }
    if (text.empty()) return std::nullopt;
    return text;
}

StatesOfFiles StatesOf(const ImageView& image, const std::vector<NamedFile>& files) {
    StatesOfFiles states;
    for (const NamedFile& file : files) {
        Result<std::vector<std::string>> components = SplitPath(file.path);
        if (!components) continue;
        PathClass found = Classify(image, image.root().object_root, *components);
        if (found.reason || image.state(found.state).vector == 0) continue;
        states[{file.inode, file.device, file.generation}].insert(found.state);
    }
    return states;
}

std::vector<uint32_t> Listed(const std::set<uint32_t>& states) {
    return {states.begin(), states.end()};
}

// Tags in their blocks, or nothing when some would lie too far from their home.
std::optional<std::vector<blf_block>> Place(const std::vector<blf_tag>& tags, uint32_t blocks) {
    std::vector<blf_tag> placed(size_t{blocks} * 2);
    for (const blf_tag& tag : tags) {
        blf_identity file{.inode = tag.inode, .device = tag.device, .generation = tag.generation};
        uint32_t home = blf_tag_home(&file, blocks);
        bool found = false;
        for (uint32_t i = 0; i < BLF_TAG_REACH * 2 && !found; i++) {
            size_t at = ((size_t{home} + i / 2) & (blocks - 1)) * 2 + i % 2;
            found = placed[at].state == BLF_DEAD;
            if (found) placed[at] = tag;
        }
        if (!found) return std::nullopt;
    }
    std::vector<blf_block> result(blocks);
    std::memcpy(result.data(), placed.data(), placed.size() * sizeof(blf_tag));
    return result;
}

// In `room` blocks at most. Where the file system gives the numbers, as its owner likes (FUSE), it
// can give many the same home, however many blocks there are.
std::optional<std::vector<blf_block>> PlaceAll(const std::vector<blf_tag>& tags, size_t room) {
    for (size_t blocks = std::bit_ceil(tags.size()); blocks <= room; blocks *= 2) {
        auto placed = Place(tags, static_cast<uint32_t>(blocks));
        if (placed) return placed;
    }
    return std::nullopt;
}

Status DoNotFit(size_t files, size_t limit) {
    return Fail(ErrorKind::kPolicy,
                fmt::format("with the inodes of the {} files that the policies name, the image is "
                            "larger than {} MiB",
                            files, limit >> 14),
                message::kHintTooManyStates);
}

// In front of the counters, which come last.
uint32_t Insert(Image* image, const std::vector<blf_block>& section) {
    auto* index = reinterpret_cast<blf_index*>(&image->blocks[BLF_BLOCK_INDEX]);
    uint32_t first = index->counter_first;
    index->counter_first += static_cast<uint32_t>(section.size());
    index->blocks += static_cast<uint32_t>(section.size());
    image->blocks.insert(image->blocks.begin() + first, section.begin(), section.end());
    return first;
}

}  // namespace

std::vector<std::string> LiteralPaths(const std::vector<Policy>& policies) {
    std::set<std::string> paths;
    for (const Policy& policy : policies) {
        for (const Rule& rule : policy.rules) {
            if (rule.kind != RuleKind::kDenies) continue;
            for (const PathPattern& object : rule.objects) {
                std::optional<std::string> text = LiteralText(object);
                if (text) paths.insert(std::move(*text));
            }
        }
    }
    return {paths.begin(), paths.end()};
}

StateUnions UnionsFor(const ImageView& image, const std::vector<NamedFile>& files) {
    std::set<std::vector<uint32_t>> unions;
    for (const auto& [identity, states] : StatesOf(image, files)) {
        if (states.size() > 1) unions.insert(Listed(states));
    }
    return {unions.begin(), unions.end()};
}

Status AddTags(Image* image, const std::vector<NamedFile>& files, const StateUnions& unions,
               size_t limit) {
    std::vector<blf_tag> tags;
    for (const auto& [identity, states] : StatesOf(image->view(), files)) {
        auto [inode, device, generation] = identity;
        uint32_t state = *states.begin();
        if (states.size() > 1) {
            auto at = std::ranges::find(unions, Listed(states));
            state = image->view().index().union_first +
                    static_cast<uint32_t>(std::distance(unions.begin(), at));
        }
        tags.push_back({.inode = inode,
                        .device = device,
                        .generation = generation,
                        .state = state,
                        .pad = {}});
    }
    if (tags.empty()) return {};
    const size_t room = limit - std::min(limit, image->blocks.size());
    const std::optional<std::vector<blf_block>> section = PlaceAll(tags, room);
    if (!section) return DoNotFit(tags.size(), limit);
    uint32_t first = Insert(image, *section);
    auto* root = reinterpret_cast<blf_root*>(&image->blocks[BLF_BLOCK_ROOT]);
    root->tag_first = first;
    root->tag_blocks = static_cast<uint32_t>(section->size());
    image->UpdateDigest();
    return {};
}

}  // namespace bailiff::policy
