// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <vector>

#include "policy/image.h"
#include "policy/model.h"

namespace bailiff::policy {
namespace {

constexpr uint32_t kBits = BLF_LINEAGES_MAX;

class Carrier {
  public:
    Carrier(Image* image, const ImageView& before, uint64_t generation)
        : image_(image), before_(before), generation_(generation) {}

    void Run() {
        KeepBits();
        GiveBits();
        MoveMasks();
        for (const blf_by by : kLineageDimensions) MoveNumbers(by);
        WriteLists();
        image_->UpdateDigest();
    }

  private:
    template <typename T>
    T* Records(uint32_t first) {
        return reinterpret_cast<T*>(&image_->blocks[first]);
    }

    // Of lists that are in both images.
    void KeepBits() {
        for (uint32_t bit = 0; bit < kBits; bit++) {
            const uint64_t key = image_->view().lineage_list(bit).key;
            for (uint32_t old = 0; key != 0 && old < kBits; old++) {
                const blf_lineage_list list = before_.lineage_list(old);
                if (list.key == key) Give(bit, old, list);
            }
        }
    }

    // The rest; lists that are none get the bits that are left.
    void GiveBits() {
        for (uint32_t bit = 0; bit < kBits; bit++) {
            if (to_[bit]) continue;
            const uint64_t key = image_->view().lineage_list(bit).key;
            Give(bit, UnusedBit(), {.key = key, .since = key != 0 ? generation_ : 0});
        }
    }

    // One that no list of the image before has, while there is one: that image may come back, when
    // this one is not obeyed.
    uint32_t UnusedBit() const {
        uint64_t used = taken_;
        for (uint32_t bit = 0; bit < kBits; bit++) {
            if (before_.lineage_list(bit).key != 0) used |= uint64_t{1} << bit;
        }
        if (used == UINT64_MAX) used = taken_;
        return static_cast<uint32_t>(std::countr_one(used));
    }

    void Give(uint32_t bit, uint32_t to, blf_lineage_list list) {
        to_[bit] = to;
        taken_ |= uint64_t{1} << to;
        lists_[to] = list;
    }

    void MoveMasks() {
        const ImageView image = image_->view();
        const blf_index& index = image.index();
        auto* masks = Records<uint64_t>(index.lineage_first);
        const uint32_t count = (index.lineage_lists - index.lineage_first) * 8;
        for (uint32_t i = 0; i < count; i++) {
            uint64_t moved = 0;
            for (uint32_t bit = 0; bit < kBits; bit++) {
                if (masks[i] >> bit & 1) moved |= uint64_t{1} << *to_[bit];
            }
            masks[i] = moved;
        }
    }

    void MoveNumbers(blf_by by) {
        auto* numbers = Records<blf_number>(image_->view().dimension(by).first);
        const std::vector<blf_number> were(numbers, numbers + kBits);
        for (uint32_t bit = 0; bit < kBits; bit++) {
            numbers[*to_[bit]] = were[bit];
            numbers[*to_[bit]].first = *to_[bit];
        }
    }

    void WriteLists() {
        auto* index = Records<blf_index>(BLF_BLOCK_INDEX);
        std::ranges::copy(lists_, Records<blf_lineage_list>(index->lineage_lists));
        for (const blf_lineage_list& list : lists_) {
            index->lineage_newest = std::max<uint64_t>(index->lineage_newest, list.since);
        }
    }

    Image* image_;
    const ImageView& before_;
    uint64_t generation_;
    std::array<std::optional<uint32_t>, kBits> to_{};  // by the bit as it was compiled
    std::array<blf_lineage_list, kBits> lists_{};
    uint64_t taken_ = 0;
};

}  // namespace

void Image::CarryLineages(const ImageView& before, uint64_t generation) {
    if (!(view().root().used >> BLF_BY_LINEAGE & 1)) return;
    Carrier(this, before, generation).Run();
}

}  // namespace bailiff::policy
