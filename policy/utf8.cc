// SPDX-License-Identifier: Apache-2.0
#include "policy/utf8.h"

#include <fmt/format.h>

namespace bailiff::policy {
namespace {

constexpr size_t kLongestQuote = 72;

bool IsContinuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

// How many bytes a sequence with this first byte takes, and the bits the first byte gives.
size_t SequenceLength(unsigned char first, uint32_t* bits) {
    if (first >= 0xc2 && first <= 0xdf) {
        *bits = first & 0x1fu;
        return 2;
    }
    if (first >= 0xe0 && first <= 0xef) {
        *bits = first & 0x0fu;
        return 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        *bits = first & 0x07u;
        return 4;
    }
    return 0;
}

bool IsShownAsIs(const CodePoint& c) {
    if (!c.valid || c.value < 0x20) return false;
    if (c.value >= 0x7f && c.value < 0xa0) return false;
    if (c.value == 0x061c || c.value == 0xfeff) return false;
    if (c.value >= 0x200b && c.value <= 0x200f) return false;
    if (c.value >= 0x2028 && c.value <= 0x202e) return false;
    if (c.value >= 0x2060 && c.value <= 0x206f) return false;
    return !(c.value >= 0xe0000 && c.value <= 0xe0fff);
}

}  // namespace

CodePoint DecodeUtf8(std::string_view text, size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 0x80) return {first, 1, true};
    const CodePoint invalid{first, 1, false};
    uint32_t value = 0;
    const size_t length = SequenceLength(first, &value);
    if (length == 0 || text.size() - at < length) return invalid;
    for (size_t i = 1; i < length; ++i) {
        if (!IsContinuation(text[at + i])) return invalid;
        value = value << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3fu);
    }
    const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    if (overlong || surrogate || value > 0x10ffff) return invalid;
    return {value, length, true};
}

std::string ShowCodePoint(std::string_view text, const CodePoint& code_point, size_t* columns) {
    if (IsShownAsIs(code_point)) {
        *columns = 1;
        return std::string(text.substr(0, code_point.length));
    }
    std::string shown;
    if (!code_point.valid || code_point.value < 0x100) {
        shown = fmt::format("\\x{:02x}", code_point.value);
    } else if (code_point.value < 0x10000) {
        shown = fmt::format("\\u{:04x}", code_point.value);
    } else {
        shown = fmt::format("\\U{:08x}", code_point.value);
    }
    *columns = shown.size();
    return shown;
}

std::string EscapeText(std::string_view text) {
    std::string shown;
    size_t columns = 0;
    for (size_t at = 0; at < text.size();) {
        const CodePoint code_point = DecodeUtf8(text, at);
        shown += ShowCodePoint(text.substr(at), code_point, &columns);
        at += code_point.length;
    }
    return shown;
}

std::string Shorten(std::string_view text) {
    if (text.size() <= kLongestQuote) return std::string(text);
    size_t end = kLongestQuote;
    while (end > kLongestQuote - 4 && IsContinuation(text[end])) --end;
    return std::string(text.substr(0, end)) + "...";
}

}  // namespace bailiff::policy
