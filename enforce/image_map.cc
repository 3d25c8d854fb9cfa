// SPDX-License-Identifier: Apache-2.0
#include "enforce/image_map.h"

#include <bpf/bpf.h>
#include <sys/mman.h>

#include <algorithm>
#include <utility>

namespace bailiff::enforce {
namespace {

// BPF_F_INNER_MAP (linux/bpf.h, 5.10): images in one slot may differ in size.
constexpr uint32_t kFlags = BPF_F_MMAPABLE | BPF_F_INNER_MAP;

Status Fill(int fd, const policy::Image& image) {
    size_t size = image.blocks.size() * sizeof(blf_block);
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) return FailErrno("cannot map a new image");
    std::ranges::copy(image.blocks, static_cast<blf_block*>(memory));
    munmap(memory, size);
    return {};
}

}  // namespace

Result<ImageMap> ImageMap::Create(const policy::Image& image) {
    LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = kFlags);
    auto blocks = static_cast<uint32_t>(image.blocks.size());
    Fd fd(bpf_map_create(BPF_MAP_TYPE_ARRAY, "blf_image", sizeof(uint32_t), sizeof(blf_block),
                         blocks, &options));
    if (!fd) return FailErrno("cannot create the map of a new image");
    TRY_STATUS(Fill(fd.get(), image));
    if (bpf_map_freeze(fd.get()) != 0) return FailErrno("cannot freeze a new image");
    return Map(std::move(fd), blocks);
}

Result<ImageMap> ImageMap::Published(int slot) {
    Fd fd;
    // Once more when the image was replaced between the two calls.
    for (int attempt = 0; attempt < 5 && !fd; attempt++) {
        uint32_t zero = 0;
        uint32_t id = 0;
        if (bpf_map_lookup_elem(slot, &zero, &id) != 0) return FailErrno("cannot read the slot");
        fd = Fd(bpf_map_get_fd_by_id(id));
        if (!fd && errno != ENOENT) break;
    }
    if (!fd) return FailErrno("cannot open the published image");
    bpf_map_info info{};
    uint32_t size = sizeof(info);
    if (bpf_obj_get_info_by_fd(fd.get(), &info, &size) != 0) {
        return FailErrno("cannot read the published image's size");
    }
    if (info.value_size != sizeof(blf_block)) {
        return Fail(ErrorKind::kUnknown, "the published image is not one of ours");
    }
    return Map(std::move(fd), info.max_entries);
}

Result<ImageMap> ImageMap::Map(Fd fd, uint32_t blocks) {
    size_t size = size_t{blocks} * sizeof(blf_block);
    void* memory = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.get(), 0);
    if (memory == MAP_FAILED) return FailErrno("cannot map the image");
    ImageMap map(std::move(fd), std::span(static_cast<const blf_block*>(memory), blocks));
    TRY_STATUS(map.view().Validate());
    return map;
}

ImageMap::ImageMap(ImageMap&& other) noexcept
    : fd_(std::move(other.fd_)), blocks_(std::exchange(other.blocks_, {})) {}

ImageMap& ImageMap::operator=(ImageMap&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(blocks_, other.blocks_);
    return *this;
}

ImageMap::~ImageMap() {
    if (!blocks_.empty()) munmap(const_cast<blf_block*>(blocks_.data()), blocks_.size_bytes());
}

}  // namespace bailiff::enforce
