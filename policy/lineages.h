// SPDX-License-Identifier: Apache-2.0
//
// Lists of ancestors from one image to the next. A task carries the bits of the lists that its
// ancestors were in (bpf/lineage.h), also of those that are gone: so a list that the published image
// has as well keeps its bit, and a new one gets a bit that means something new from then on.
#pragma once

#include <cstdint>

#include "policy/image.h"

namespace bailiff::policy {

// `image` follows `before` as generation `generation`. Changes its bytes and brings its digest up to
// date; an image without lists stays as it is.
void CarryLineages(Image* image, const ImageView& before, uint64_t generation);

}  // namespace bailiff::policy
