// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace bailiff::policy {

// The candidate that `word` was most likely meant to be, or an empty view when none is near.
std::string_view Closest(std::string_view word, std::span<const std::string_view> candidates);

// "a, b, c", for a hint that lists what there is.
std::string ListWords(std::span<const std::string_view> words);

}  // namespace bailiff::policy
