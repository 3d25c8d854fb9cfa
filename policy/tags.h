// SPDX-License-Identifier: Apache-2.0
//
// The tags of an image (abi/image.h): files that rules name literally, by their inodes, so that a
// name they got before the policy came does not hide them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "policy/compile.h"
#include "policy/image.h"
#include "policy/model.h"

namespace bailiff::policy {

// A file as the kernel knows it, and one name of it that a rule has.
struct NamedFile {
    std::string path;
    uint64_t inode = 0;
    uint32_t device = 0;
    uint32_t generation = 0;
};

// The paths that rules name literally, each once.
std::vector<std::string> LiteralPaths(const std::vector<Policy>& policies);

// Object states that must be joined for these files: rules name one of them under several names.
// Where there are any, Compile() again with them before AddTags().
StateUnions UnionsFor(const ImageView& image, const std::vector<NamedFile>& files);

// Adds the files as tags. `unions` are those that the image was compiled with: their states are
// the image's last object states, in this order. Changes the digest. kPolicy, and the image as it
// was, when it would be larger than `limit` blocks.
Status AddTags(Image* image, const std::vector<NamedFile>& files, const StateUnions& unions,
               size_t limit = BLF_BLOCKS_MAX);

}  // namespace bailiff::policy
