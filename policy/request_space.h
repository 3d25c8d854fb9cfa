// SPDX-License-Identifier: Apache-2.0
//
// Requests worth trying on policies: those that their patterns and users tell apart, and strangers
// to all of them.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "policy/explain.h"
#include "policy/model.h"

namespace bailiff::policy {

// Every path and every address, with every executable, user, circumstance and operation that can
// be about it, is a request. No duplicates.
struct RequestSpace {
    std::vector<std::string> paths;
    std::vector<std::string> addresses;  // one is empty: a socket without
    std::vector<std::string> exes;       // one is empty: a process without an executable
    std::vector<uint32_t> uids;
    // What else is said of processes; exe and uid are to be set. The first says nothing, others
    // what one entry of a policy asks, what its selectors ask together, also with those of a
    // rule's exception, and that but for one selector.
    std::vector<Asker> circumstances;
    size_t left_out = 0;  // patterns whose paths would have been too many
    size_t circumstances_left_out = 0;
};

inline constexpr size_t kPathsMax = 2'000'000;

// Of the patterns and users of all these policies together.
RequestSpace RequestSpaceOf(const std::vector<const std::vector<Policy>*>& policies,
                            size_t paths_max = kPathsMax);

// Requests put together at random from the same words and from others, also under two of the
// circumstances at once. The same seed gives the same requests.
class RequestSampler {
  public:
    RequestSampler(const RequestSpace& space, uint64_t seed);

    struct Sample {
        unsigned operation = 0;
        std::string object;  // a path; of an operation on sockets, an address or ""
        Asker who;
    };
    Sample Next();

  private:
    uint64_t Below(uint64_t bound) { return random_() % bound; }
    const Asker& RandomCircumstance() {
        return space_.circumstances[Below(space_.circumstances.size())];
    }
    std::string RandomName();
    std::string RandomPath(const std::vector<std::string>& known);
    std::string RandomAddress();

    const RequestSpace& space_;
    std::vector<std::string> names_;
    std::mt19937_64 random_;
};

}  // namespace bailiff::policy
