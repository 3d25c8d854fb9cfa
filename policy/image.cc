// SPDX-License-Identifier: Apache-2.0
#include "policy/image.h"

#include <sodium/crypto_hash_sha256.h>

#include <cstring>

#include "fmt/format.h"

namespace bailiff::policy {

Status ImageView::Validate() const {
    if (blocks_.size() < BLF_BLOCK_SECTIONS || root().magic != BLF_IMAGE_MAGIC) {
        return Fail(ErrorKind::kUnknown, "not a bailiff image");
    }
    if (index().version != BLF_IMAGE_VERSION) {
        return Fail(ErrorKind::kUnknown,
                    fmt::format("image version {}, this program reads {}", index().version,
                                BLF_IMAGE_VERSION),
                    "use the bailiff that applied it");
    }
    if (index().blocks > blocks_.size() || index().counter_first > index().blocks) {
        return Fail(ErrorKind::kUnknown, "the image is cut short");
    }
    return {};
}

template <typename T>
T ImageView::Record(uint32_t first, uint32_t number) const {
    constexpr uint32_t kPerBlock = sizeof(blf_block) / sizeof(T);
    T record{};
    const blf_block* found = block(first + number / kPerBlock);
    if (found) {
        size_t offset = number % kPerBlock * sizeof(T);
        std::memcpy(&record, reinterpret_cast<const char*>(found) + offset, sizeof(T));
    }
    return record;
}

const blf_root& ImageView::root() const {
    return *reinterpret_cast<const blf_root*>(&blocks_[BLF_BLOCK_ROOT]);
}

const blf_index& ImageView::index() const {
    return *reinterpret_cast<const blf_index*>(&blocks_[BLF_BLOCK_INDEX]);
}

blf_policy ImageView::policy(uint32_t number) const {
    return Record<blf_policy>(index().policy_first, number);
}

blf_rule ImageView::rule(uint32_t number) const {
    return Record<blf_rule>(index().rule_first, number);
}

blf_clause ImageView::clause(uint32_t number) const {
    return Record<blf_clause>(index().clause_first, number);
}

blf_state ImageView::state(uint32_t number) const {
    return Record<blf_state>(root().state_first, number);
}

blf_tally ImageView::policy_tally(uint32_t number) const {
    return Record<blf_tally>(index().counter_first + BLF_REASON_BLOCKS, number);
}

blf_tally ImageView::rule_tally(uint32_t number) const {
    uint32_t first = index().counter_first + BLF_REASON_BLOCKS + (index().policy_count + 1) / 2;
    return Record<blf_tally>(first, number);
}

uint64_t ImageView::reason_count(uint32_t reason) const {
    return Record<uint64_t>(index().counter_first, reason);
}

std::string ImageView::text(uint32_t offset) const {
    std::string text;
    for (;; offset++) {
        char byte = Record<char>(index().text_first, offset);
        if (byte == 0) return text;
        text += byte;
    }
}

uint32_t ImageView::clause_count() const { return root().vector_blocks * 512; }

bool ImageView::HasBit(uint32_t vector, uint32_t bit) const {
    uint32_t first = root().vector_first + vector * root().vector_blocks;
    return Record<uint64_t>(first, bit / 64) >> (bit % 64) & 1;
}

uint32_t ImageView::RuleOf(uint32_t state_number, uint32_t wanted) const {
    for (uint32_t at = state(state_number).sources; at != BLF_NONE; at++) {
        blf_source source = Record<blf_source>(index().source_first, at);
        if (source.clause == wanted) return source.rule;
        if (source.clause == BLF_NONE || !block(index().source_first + at / 8)) break;
    }
    return BLF_NONE;
}

Digest ImageView::stored_digest() const {
    Digest digest;
    std::memcpy(digest.data(), block(BLF_BLOCK_DIGEST), digest.size());
    return digest;
}

Digest ImageView::ComputeDigest() const {
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    for (uint32_t i = 0; i < index().counter_first; i++) {
        blf_block bytes = blocks_[i];
        if (i == BLF_BLOCK_INDEX) reinterpret_cast<blf_index*>(&bytes)->generation = 0;
        if (i == BLF_BLOCK_DIGEST) bytes = {};
        crypto_hash_sha256_update(&hash, reinterpret_cast<const unsigned char*>(&bytes),
                                  sizeof(bytes));
    }
    Digest digest;
    crypto_hash_sha256_final(&hash, digest.data());
    return digest;
}

std::string ToHex(const Digest& digest) {
    std::string text;
    for (uint8_t byte : digest) text += fmt::format("{:02x}", byte);
    return text;
}

void Image::set_generation(uint64_t generation) {
    reinterpret_cast<blf_index*>(&blocks[BLF_BLOCK_INDEX])->generation = generation;
}

}  // namespace bailiff::policy
