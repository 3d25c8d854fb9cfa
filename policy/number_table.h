// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace bailiff::policy {

inline uint64_t MixHash(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
    return hash ^ hash >> 32;
}

inline uint64_t HashBytes(std::string_view bytes) {
    uint64_t hash = bytes.size();
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
        uint64_t word = 0;
        std::memcpy(&word, bytes.data(), 8);
        hash = MixHash(hash, word);
    }
    uint64_t word = 0;
    if (!bytes.empty()) std::memcpy(&word, bytes.data(), bytes.size());
    return MixHash(hash, word);
}

// Numbers of things that somebody else keeps, found by the things' hashes. A flat table: millions
// are looked up, and a node for each would cost more than the thing.
class NumberTable {
  public:
    // The number whose thing is the one meant, which same(number) says; or `fresh`, added now.
    template <typename Same>
    std::pair<uint32_t, bool> FindOrAdd(uint64_t hash, uint32_t fresh, Same same) {
        if ((count_ + 1) * 2 > slots_.size()) Grow();
        // The upper half of a product depends on all of the hash; its lower half would not.
        const auto tag = static_cast<uint32_t>(hash * 0xff51afd7ed558ccdULL >> 32);
        for (size_t at = tag & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
            Slot& slot = slots_[at];
            if (slot.number == kNone) {
                slot = {tag, fresh};
                count_++;
                return {fresh, true};
            }
            if (slot.tag == tag && same(slot.number)) return {slot.number, false};
        }
    }

  private:
    static constexpr uint32_t kNone = 0xffffffff;
    struct Slot {
        uint32_t tag = 0;
        uint32_t number = kNone;
    };

    void Grow() {
        std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2);
        old.swap(slots_);
        for (Slot slot : old) {
            if (slot.number == kNone) continue;
            size_t at = slot.tag & (slots_.size() - 1);
            while (slots_[at].number != kNone) at = (at + 1) & (slots_.size() - 1);
            slots_[at] = slot;
        }
    }

    std::vector<Slot> slots_;
    size_t count_ = 0;
};

}  // namespace bailiff::policy
