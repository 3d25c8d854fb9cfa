// SPDX-License-Identifier: Apache-2.0
//
// Which state a path has: the walk of the kernel (bpf/walk.h), with the components given as text.
// Every transition is decide/transition.h's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "policy/image.h"

namespace bailiff::policy {

struct PathClass {
    uint32_t state = BLF_DEAD;
    uint32_t reason = 0;  // enum blf_reason; 0, or why there is no state
};

// The components of an absolute path, as the kernel would see it: `//` and `/./` say nothing. Fails
// for a relative path and for `..`, which only a file system can resolve.
Result<std::vector<std::string>> SplitPath(std::string_view path);

// One transition: from a live state, by one component.
PathClass Step(const ImageView& image, uint32_t from, std::string_view component);

PathClass Classify(const ImageView& image, uint32_t start,
                   const std::vector<std::string>& components);

}  // namespace bailiff::policy
