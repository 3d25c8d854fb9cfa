// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "abi/image.h"
#include "policy/number_table.h"

namespace bailiff::policy {

// Appends sections to an image under construction; each begins on a block.
class ImageWriter {
  public:
    ImageWriter() : blocks_(BLF_BLOCK_SECTIONS) {}

    // All return the section's first block.
    uint32_t AddBlocks(const std::vector<blf_block>& section) {
        auto first = static_cast<uint32_t>(blocks_.size());
        blocks_.insert(blocks_.end(), section.begin(), section.end());
        return first;
    }
    template <typename Record>
    uint32_t AddRecords(const std::vector<Record>& records) {
        static_assert(sizeof(blf_block) % sizeof(Record) == 0, "a record lies within one block");
        return AddBytes(records.data(), records.size() * sizeof(Record));
    }
    uint32_t AddBytes(const void* bytes, size_t size) {
        uint32_t first = this->size();
        blocks_.resize(first + (size + sizeof(blf_block) - 1) / sizeof(blf_block));
        if (size) std::memcpy(&blocks_[first], bytes, size);
        return first;
    }

    template <typename Block>
    void Put(uint32_t number, const Block& block) {
        static_assert(sizeof(Block) % sizeof(blf_block) == 0);
        std::memcpy(&blocks_[number], &block, sizeof(block));
    }

    uint32_t size() const { return static_cast<uint32_t>(blocks_.size()); }
    std::vector<blf_block> Take() { return std::move(blocks_); }

  private:
    std::vector<blf_block> blocks_;
};

// Component names by word. A name of up to eight words, the 0 byte behind it included, lies within
// one block; a longer one begins on a block.
class NameTable {
  public:
    uint32_t IndexOf(std::string_view name);
    const std::vector<uint64_t>& words() const { return words_; }

  private:
    NumberTable index_;                                 // of `names_`
    std::vector<std::pair<uint32_t, uint32_t>> names_;  // first word, length
    std::vector<uint64_t> words_;
};

// NUL-ended strings for people, by byte.
class TextTable {
  public:
    TextTable() : bytes_(1, '\0') {}
    uint32_t IndexOf(std::string_view text);
    const std::string& bytes() const { return bytes_; }

  private:
    std::map<std::string, uint32_t, std::less<>> index_;
    std::string bytes_;  // offset 0 is ""
};

}  // namespace bailiff::policy
