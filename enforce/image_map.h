// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"
#include "base/fd.h"
#include "policy/image.h"

namespace bailiff::enforce {

// An image inside the kernel: one frozen array map, read here through a mapping. Frozen means that
// no process can change it any more; the programs still count in its last section.
class ImageMap {
  public:
    // A new map with these bytes, filled and frozen.
    static Result<ImageMap> Create(const policy::Image& image);
    // The one that is published in `slot` now. Needs CAP_SYS_ADMIN (a map by its id).
    static Result<ImageMap> Published(int slot);

    ImageMap(ImageMap&& other) noexcept;
    ImageMap& operator=(ImageMap&& other) noexcept;
    ~ImageMap();

    int fd() const { return fd_.get(); }
    // The live bytes: counters move under the reader's eyes. Validated.
    policy::ImageView view() const { return policy::ImageView(blocks_); }

  private:
    ImageMap(Fd fd, std::span<const blf_block> blocks) : fd_(std::move(fd)), blocks_(blocks) {}
    static Result<ImageMap> Map(Fd fd, uint32_t blocks);

    Fd fd_;
    std::span<const blf_block> blocks_;
};

}  // namespace bailiff::enforce
