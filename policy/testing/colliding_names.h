// SPDX-License-Identifier: Apache-2.0
//
// Names made to have one hash, as an attacker of decide/name.h would.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "policy/image_seam.h"
// after the seam
#include "decide/name.h"

namespace bailiff::policy::testing {

// x such that odd * x == 1: Newton's iteration doubles the bits that are right.
inline uint64_t Inverse(uint64_t odd) {
    uint64_t x = odd;
    for (int i = 0; i < 6; i++) x *= 2 - odd * x;
    return x;
}

// Names of 16 bytes, all of one hash: whatever the first word does, the second undoes.
inline std::vector<std::string> CollidingNames(size_t count) {
    constexpr uint64_t kLeft = 0x6162636465666768;
    std::vector<std::string> names;
    for (uint64_t i = 1; names.size() < count; i++) {
        uint64_t words[2] = {i * 0x9e3779b97f4a7c15 | 0x0101010101010101, 0};
        words[1] = (kLeft ^ (words[0] + blf_hash_begin(16)) * BLF_HASH_0) * Inverse(BLF_HASH_1);
        std::string name(16, ' ');
        std::memcpy(name.data(), words, 16);
        if (name.find('\0') == std::string::npos && !name.contains('/')) names.push_back(name);
    }
    return names;
}

}  // namespace bailiff::policy::testing
