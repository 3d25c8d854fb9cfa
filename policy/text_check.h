// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "policy/diagnostic.h"
#include "policy/source.h"

namespace bailiff::policy {

inline constexpr size_t kMaxFileBytes = size_t{128} << 20;  // a million paths

// The YAML scanner looks ahead to the end of a line before it knows what a `[` is.
inline constexpr size_t kMaxLineBytes = 65536;

// True when the text is fit to be parsed: not too big, UTF-8 without a byte order mark, without
// control characters (the YAML parser takes some of them for the end of the text) and without
// directives. Otherwise the first thing wrong in each line is told, with its place; behind a NUL
// byte nothing is, for that is no text.
bool CheckText(const Source& source, uint32_t file, Diagnostics* diagnostics);

}  // namespace bailiff::policy
