// SPDX-License-Identifier: Apache-2.0
//
// What an image says for people (abi/image.h): the names of its policies, where their rules stand,
// which symbolic links they go through.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "abi/image.h"
#include "policy/clauses.h"
#include "policy/image_writer.h"
#include "policy/model.h"
#include "policy/source.h"

namespace bailiff::policy {

// Where the sections go, and the blocks that say where they are.
struct SectionsInto {
    ImageWriter* writer;
    blf_index* index;
    blf_digest* digest;
};

// `bit_of` a clause, by its index.
void AddPeopleSections(const std::vector<Policy>& policies, const Sources& sources,
                       const ClauseSet& clauses, const std::function<uint32_t(size_t)>& bit_of,
                       const SectionsInto& into);

}  // namespace bailiff::policy
