// SPDX-License-Identifier: Apache-2.0
//
// Building blocks: rules that policies with a default include by name. They are the files of
// policies/base/, compiled in, so that a policy means the same wherever it is read.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace bailiff::policy {

struct Block {
    std::string_view name;  // "base/dynamic-program"
    std::string_view text;
};

// By name.
std::span<const Block> Blocks();
std::vector<std::string_view> BlockNames();

}  // namespace bailiff::policy
