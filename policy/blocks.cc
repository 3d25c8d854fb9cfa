// SPDX-License-Identifier: Apache-2.0
#include "policy/blocks.h"

namespace bailiff::policy {
namespace {

constexpr Block kBlocks[] = {
#include "policy/blocks.inc"
};

}  // namespace

std::span<const Block> Blocks() {
    return kBlocks;
}

std::vector<std::string_view> BlockNames() {
    std::vector<std::string_view> names;
    for (const Block& block : kBlocks) names.push_back(block.name);
    return names;
}

}  // namespace bailiff::policy
