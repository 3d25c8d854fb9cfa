// SPDX-License-Identifier: Apache-2.0
//
// What two images say differently. Found by trying requests, so it shows differences and proves no
// equality.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policy/explain.h"
#include "policy/image.h"
#include "policy/request_space.h"

namespace bailiff::policy {

enum class Change {
    kNowDenied,
    kNowAllowed,
    kOtherErrno,  // denied by both
    kNowAudited,  // allowed by both, and counted as what would be denied
    kNotAudited,
};

std::string_view ChangeWord(Change change);

// Requests whose verdict changed in one way because of one rule.
struct Difference {
    Change change{};
    uint32_t rule = BLF_NONE;  // of the image that denies or audits; of the second when both do
    uint64_t enumerated = 0;   // how many of those tried
    uint64_t sampled = 0;
    RequestSampler::Sample example;
    Decision before;  // of the example
    Decision after;
};

// The requests of the space, and `samples` random ones. Differences are in the order of Change,
// then of rules.
std::vector<Difference> Compare(const ImageView& before, const ImageView& after,
                                const RequestSpace& space, uint64_t samples, uint64_t seed);

// How many requests the space has.
uint64_t SizeOf(const RequestSpace& space);

// Does the change concern the rule of the first image?
bool RuleIsOfFirst(Change change);

}  // namespace bailiff::policy
