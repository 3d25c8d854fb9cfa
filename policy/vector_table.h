// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "abi/image.h"

namespace bailiff::policy {

// Bit vectors with numbers; equal vectors share one. Number 0 has no bits.
class VectorTable {
  public:
    using Bits = std::vector<uint32_t>;  // the positions of the bits, ascending

    // Vectors of `blocks_each` blocks of 512 bits.
    explicit VectorTable(uint32_t blocks_each) : blocks_each_(blocks_each) { NumberOf({}); }

    uint32_t NumberOf(const Bits& bits) {
        auto [at, is_new] = numbers_.emplace(bits, numbers_.size());
        if (is_new) vectors_.push_back(&at->first);
        return at->second;
    }

    // The number of the vector with the bits of both.
    uint32_t Union(uint32_t a, uint32_t b) {
        if (a == b || b == 0) return a;
        if (a == 0) return b;
        auto [at, is_new] = unions_.try_emplace(std::minmax(a, b));
        if (is_new) {
            Bits both;
            std::ranges::set_union(*vectors_[a], *vectors_[b], std::back_inserter(both));
            at->second = NumberOf(both);
        }
        return at->second;
    }

    size_t block_count() const { return vectors_.size() * blocks_each_; }

    std::vector<blf_block> Blocks() const {
        std::vector<blf_block> blocks(block_count());
        for (size_t v = 0; v < vectors_.size(); v++) {
            for (uint32_t bit : *vectors_[v]) {
                blf_block& block = blocks[v * blocks_each_ + bit / 512];
                block.word[bit / 64 % 8] |= uint64_t{1} << (bit % 64);
            }
        }
        return blocks;
    }

  private:
    uint32_t blocks_each_;
    std::map<Bits, uint32_t> numbers_;
    std::vector<const Bits*> vectors_;
    std::map<std::pair<uint32_t, uint32_t>, uint32_t> unions_;
};

}  // namespace bailiff::policy
