// SPDX-License-Identifier: Apache-2.0
//
// Text of unknown origin: decoding it, and showing it to a person without letting it act on the
// person's terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bailiff::policy {

struct CodePoint {
    uint32_t value = 0;  // the byte itself when it is not valid
    size_t length = 1;   // bytes it takes; 1 when it is not valid
    bool valid = false;
};

// The code point that begins at text[at]. Overlong forms, surrogates and what is cut off are not
// valid. `at` must be inside the text.
CodePoint DecodeUtf8(std::string_view text, size_t at);

// One code point as shown: itself, or an escape (\x07, \xff, \u202e) when it is a control, changes
// the direction of writing, is invisible, or is no valid UTF-8. `columns` is the width it takes.
std::string ShowCodePoint(std::string_view text, const CodePoint& code_point, size_t* columns);

// The whole text, each code point as shown.
std::string EscapeText(std::string_view text);

// The text, or its beginning and "..." when it is longer than a message should quote.
std::string Shorten(std::string_view text);

}  // namespace bailiff::policy
