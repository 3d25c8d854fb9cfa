// SPDX-License-Identifier: Apache-2.0
#include "policy/edge_table.h"

#include <algorithm>
#include <cstring>

#include "policy/image_seam.h"
// after the seam
#include "decide/filter.h"

namespace bailiff::policy {
namespace {

constexpr uint32_t kPerBucket = 4;
constexpr int kMaxMoves = 500;
constexpr uint32_t kEmpty = 0xffffffff;
// Two edges a bucket on average, so that few searches go on to a second one; none in a small image.
constexpr uint32_t kMinBuckets = 64;

class Table {
  public:
    Table(const std::vector<NamedEdge>& edges, uint32_t buckets)
        : edges_(edges), buckets_(buckets), slots_(size_t{buckets} * kPerBucket, kEmpty) {}

    bool PlaceAll() {
        for (uint32_t i = 0; i < edges_.size(); i++) {
            if (!Place(i)) return false;
        }
        return true;
    }

    std::vector<blf_block> Blocks() const {
        std::vector<blf_block> blocks(buckets_);
        for (size_t slot = 0; slot < slots_.size(); slot++) {
            if (slots_[slot] == kEmpty) continue;
            auto* bucket = reinterpret_cast<char*>(&blocks[slot / kPerBucket]);
            std::memcpy(bucket + slot % kPerBucket * sizeof(blf_edge), &edges_[slots_[slot]].edge,
                        sizeof(blf_edge));
        }
        for (size_t slot = 0; slot < slots_.size(); slot++) {
            if (slots_[slot] == kEmpty) continue;
            uint32_t home = BucketOf(slots_[slot], 0);
            if (home == slot / kPerBucket) continue;
            reinterpret_cast<blf_edge*>(&blocks[home])->name |= BLF_EDGE_ELSEWHERE;
        }
        return blocks;
    }

  private:
    uint32_t BucketOf(uint32_t edge, uint32_t which) const {
        uint64_t mix = blf_bucket_mix(edges_[edge].hash, edges_[edge].edge.from);
        return blf_bucket(mix, which, buckets_);
    }

    bool PutInto(uint32_t bucket, uint32_t edge) {
        auto begin = slots_.begin() + static_cast<ptrdiff_t>(size_t{bucket} * kPerBucket);
        auto free = std::find(begin, begin + kPerBucket, kEmpty);
        if (free == begin + kPerBucket) return false;
        *free = edge;
        return true;
    }

    // Where both buckets are full, somebody moves to their other one; who, is drawn from a fixed
    // sequence, so that one policy always gives one image.
    bool Place(uint32_t edge) {
        for (int move = 0; move < kMaxMoves; move++) {
            if (PutInto(BucketOf(edge, 0), edge) || PutInto(BucketOf(edge, 1), edge)) return true;
            random_ = random_ * 6364136223846793005ULL + 1442695040888963407ULL;
            uint32_t bucket = BucketOf(edge, random_ >> 40 & 1);
            std::swap(slots_[size_t{bucket} * kPerBucket + (random_ >> 41 & 3)], edge);
        }
        return false;
    }

    const std::vector<NamedEdge>& edges_;
    uint32_t buckets_;
    std::vector<uint32_t> slots_;
    uint64_t random_ = 1;
};

}  // namespace

uint64_t HashName(std::string_view name) {
    blf_name words{};
    std::memcpy(words.word, name.data(), std::min(name.size(), size_t{BLF_NAME_MAX}));
    auto length = static_cast<uint32_t>(name.size());
    uint64_t hash = blf_hash_begin(length);
    for (uint32_t i = 0; i < blf_name_pieces(length); i++) {
        hash = blf_hash_piece(hash, &words.word[size_t{i} * BLF_HASH_WORDS]);
    }
    return hash;
}

uint64_t FilterBit(std::string_view name) {
    uint64_t word = 0;
    std::memcpy(&word, name.data(), std::min(name.size(), sizeof(word)));
    return blf_filter_bit(word, static_cast<uint32_t>(name.size()));
}

std::optional<std::vector<blf_block>> PlaceEdges(const std::vector<NamedEdge>& edges) {
    uint32_t buckets =
        edges.empty() ? 1 : std::max(kMinBuckets, static_cast<uint32_t>(edges.size() / 2));
    for (int attempt = 0; attempt < 20; attempt++) {
        Table table(edges, buckets);
        if (table.PlaceAll()) return table.Blocks();
        buckets += buckets / 8 + 1;
    }
    return std::nullopt;
}

}  // namespace bailiff::policy
