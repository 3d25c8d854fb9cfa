// SPDX-License-Identifier: Apache-2.0
//
// The addresses that rules name, as nodes of an image (abi/image.h): a look-up takes as many steps
// as the leading bits need that tell prefixes apart, however many prefixes there are.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "abi/image.h"
#include "policy/model.h"

namespace bailiff::policy {

// Rules, numbered over all policies; sorted.
using RuleSet = std::vector<uint32_t>;

struct AddressTable {
    // Each of these is to become a state; the links and the others below are indices into it until
    // they get the states' numbers.
    std::vector<RuleSet> sets;
    std::vector<blf_block> nodes;
    std::array<uint32_t, 2> root{};   // IPv4, IPv6
    std::array<uint32_t, 2> every{};  // of IPv6, of both
    uint32_t none = 0;

    // All links and sets, from then on as states: `state_of` a set.
    void NumberStates(const std::function<uint32_t(uint32_t)>& state_of);
};

// Of all rules that name addresses, or neither these nor paths.
AddressTable BuildAddressTable(const std::vector<Policy>& policies);

}  // namespace bailiff::policy
