// SPDX-License-Identifier: Apache-2.0
//
// The verdict on a request that nobody makes, by the code that the kernel runs (decide/), and what
// each rule thought of it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "abi/operation.h"
#include "base/error.h"
#include "policy/asker.h"
#include "policy/classify.h"
#include "policy/image.h"

namespace bailiff::policy {

struct Request {
    blf_ask ask{};
    std::string path = {};     // empty: it is at no place (BLF_IS_ANYWHERE)
    bool lost = false;         // in a tree that no path leads to, whose root `/` is
    std::string address = {};  // of a request on a socket; empty: it has none
    Asker who = {};
};

// `object`: a path, or "" where it is at no place; of a request on a socket, an address or "". Of a
// socket whose family is not told it is that of the address, as it is written.
Request RequestOf(blf_ask ask, const std::string& object, const Asker& who);

// An object's names as states (decide/verdict.h).
struct ObjectClass {
    std::array<uint32_t, 2> state{};  // BLF_VISIBLE, BLF_CANONICAL
    uint32_t anywhere = BLF_DEAD;     // BLF_ANYWHERE
    uint32_t reason = 0;              // enum blf_reason
};

// What one rule says to each dimension of a request.
struct RuleOpinion {
    uint32_t rule = 0;
    bool operation = false;
    bool object = false;
    std::array<bool, BLF_DIMENSIONS> who{};  // true too where the image does not ask
    bool applies = false;  // all at once: an exception of several selectors ties them together
};

struct Decision {
    uint32_t error = 0;              // 0: allowed
    uint32_t reason = 0;             // enum blf_reason
    uint32_t rule = BLF_NONE;        // that denies
    uint32_t audit_rule = BLF_NONE;  // the first that would, were its policy enforced
};

struct Explanation : Decision {
    std::vector<RuleOpinion> opinions;  // of all rules, by number
};

// A request whose paths were looked up.
struct ClassifiedRequest {
    blf_ask ask{};
    ObjectClass object;
    const blf_who* who = nullptr;
};

// Both fail (kUsage) for a path that only a file system can resolve.
Result<PathClass> ClassifyObject(const ImageView& image, const std::string& path,
                                 bool lost = false);
// A path, or the address of a socket; that one fails (kUsage) for what is no address.
Result<ObjectClass> ClassifyObject(const ImageView& image, const Request& request);
Result<Explanation> Explain(const ImageView& image, const Request& request);

// The verdict alone.
Decision Decide(const ImageView& image, const ClassifiedRequest& request);

}  // namespace bailiff::policy
