// SPDX-License-Identifier: Apache-2.0
//
// Literal edges in buckets: each edge lies in one of the two buckets that its state and its name's
// hash give (cuckoo hashing; decide/name.h has the functions, shared with the kernel).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "abi/image.h"

namespace bailiff::policy {

uint64_t HashName(std::string_view name);
uint64_t FilterBit(std::string_view name);  // decide/filter.h

struct NamedEdge {
    uint64_t hash = 0;
    blf_edge edge{};
};

// One block a bucket, about three quarters full; at least one bucket. Nothing when more than eight
// edges of one state have names of one hash, which only names made for it have.
std::optional<std::vector<blf_block>> PlaceEdges(const std::vector<NamedEdge>& edges);

}  // namespace bailiff::policy
