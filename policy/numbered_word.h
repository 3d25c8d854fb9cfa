// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace bailiff::policy {

// Of numbers that are far apart.
struct NumberedWord {
    std::string_view word;
    uint32_t number;
};

}  // namespace bailiff::policy
