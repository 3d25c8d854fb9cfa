// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace bailiff::doctor {

// The difference as `diff -u` would show it, all lines in one hunk: meant for files of a few lines
// (time and memory grow with the product of the two). An empty `before` reads as a new file. Empty
// when nothing differs.
std::string UnifiedDiff(std::string_view path, std::string_view before, std::string_view after);

}  // namespace bailiff::doctor
