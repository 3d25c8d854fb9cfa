// SPDX-License-Identifier: Apache-2.0
//
// The verdict on a request that nobody makes, by the code that the kernel runs (decide/), and what
// each rule thought of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "abi/operation.h"
#include "base/error.h"
#include "policy/image.h"

namespace bailiff::policy {

struct Request {
    blf_ask ask{};
    std::string path;
    std::string exe;  // empty: a process without an executable, which no pattern names
    uint32_t uid = 0;
};

// What one rule says to each dimension of a request.
struct RuleOpinion {
    uint32_t rule = 0;
    bool operation = false;
    bool object = false;
    bool exe = false;
    bool uid = false;
    bool applies = false;  // all at once: an exception of several selectors ties them together
};

struct Explanation {
    uint32_t error = 0;                 // 0: allowed
    uint32_t reason = 0;                // enum blf_reason
    uint32_t rule = BLF_NONE;           // that denies
    uint32_t audit_rule = BLF_NONE;     // the first that would, were its policy enforced
    std::vector<RuleOpinion> opinions;  // of all rules, by number
};

// Both fail (kUsage) for a path that only a file system can resolve. Decide leaves the opinions
// out: its cost does not grow with the number of rules.
Result<Explanation> Decide(const ImageView& image, const Request& request);
Result<Explanation> Explain(const ImageView& image, const Request& request);

}  // namespace bailiff::policy
