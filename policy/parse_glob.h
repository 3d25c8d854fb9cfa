// SPDX-License-Identifier: Apache-2.0
//
// The globs of one component:
//
//   *        any number of bytes, none included
//   ?        one byte, whichever (a character beyond ASCII has several)
//   [a-z_]   one byte of a set; [!...] and [^...] one byte outside of it
//   {a,b*}   either; may be nested; a component has at most kMaxChoices altogether
//   \*       the punctuation character * itself
//   \xNN     the byte with that number in hexadecimal
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/node.h"
#include "policy/path_pattern.h"
#include "policy/work.h"

namespace bailiff::policy {

inline constexpr size_t kMaxChoices = 256;
inline constexpr int kMaxBraces = 8;

// What writing out the braces of all that is read together may take, in elements of globs. An
// element has 40 bytes.
inline constexpr size_t kExpansionWork = 8'000'000;

// The component node.value[begin, end), which is not empty and not `**`. Nothing when it is wrong;
// the first thing wrong was added to the diagnostics. That `expansion` is spent is told once, of
// the pattern that spent it.
std::optional<Component> ParseComponent(const Node& node, size_t begin, size_t end, Work* expansion,
                                        Diagnostics* diagnostics);

// The same as choices of globs: node.value[begin, end).
std::optional<std::vector<Glob>> ParseGlob(const Node& node, size_t begin, size_t end,
                                           Work* expansion, Diagnostics* diagnostics);

}  // namespace bailiff::policy
