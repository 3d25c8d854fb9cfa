// SPDX-License-Identifier: Apache-2.0
//
// Addresses of IPv4 and IPv6, and prefixes of them, as a policy writes them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/node.h"
#include "policy/source.h"

namespace bailiff::policy {

constexpr uint32_t AddressBits(uint32_t version) {
    return version == 4 ? 32 : 128;
}

// Of one of the two words, the bits that are among the first `length` of an address.
constexpr uint64_t LeadingBits(uint32_t length, uint32_t word) {
    const uint32_t begin = word * 64;
    if (length <= begin) return 0;
    return length - begin >= 64 ? UINT64_MAX : ~(UINT64_MAX >> (length - begin));
}

// As the image has them (abi/image.h): the first byte is the highest of the first word. What IPv6
// writes as ::ffff:a.b.c.d is IPv4.
struct AddressPrefix {
    std::array<uint64_t, 2> word{};  // nothing but 0 behind the prefix
    uint32_t version = 4;            // 4 or 6
    uint32_t length = 0;             // in bits, at most 32 or 128
    std::string text = {};           // as written
    Span where = {};

    // The bit of this number, from the first one on, becomes the other one.
    void Flip(uint64_t bit) { word[bit / 64] ^= uint64_t{1} << (63 - bit % 64); }

    friend bool operator==(const AddressPrefix& a, const AddressPrefix& b) {
        return a.version == b.version && a.length == b.length && a.word == b.word;
    }
};

// Is the second one within the first?
bool Contains(const AddressPrefix& outer, const AddressPrefix& inner);

// An address, or nothing: no prefix, no word, no name of a host.
std::optional<AddressPrefix> AddressOf(std::string_view text);

// A whole one, of version 4 or 6.
AddressPrefix AddressOf(uint32_t version, const std::array<uint64_t, 2>& word);

// "10.0.0.0/8", "::1": without a length where it is a whole address.
std::string AddressText(const AddressPrefix& prefix);

// One entry under `address`: an address, a prefix, or a word that stands for several. Empty when it
// is wrong, and told.
std::vector<AddressPrefix> ReadAddress(const Node& node, Diagnostics* diagnostics);

}  // namespace bailiff::policy
