// SPDX-License-Identifier: Apache-2.0
//
// An image, readable: for people, for golden tests and for comparing two.
#pragma once

#include <string>

#include "nlohmann/json.hpp"
#include "policy/image.h"

namespace bailiff::policy {

// Everything that decides, by its numbers; no counters, no addresses of sections.
nlohmann::ordered_json DumpImage(const ImageView& image);

// The same as indented lines.
std::string DumpImageText(const ImageView& image);

}  // namespace bailiff::policy
