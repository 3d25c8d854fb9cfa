// SPDX-License-Identifier: Apache-2.0
#include "policy/scalar_extent.h"

#include <algorithm>

namespace bailiff::policy {
namespace {

// The place of the quote that closes the one at `begin`, or npos.
size_t ClosingQuote(std::string_view text, size_t begin) {
    const char quote = text[begin];
    for (size_t at = begin + 1; at < text.size(); ++at) {
        if (quote == '"' && text[at] == '\\') {
            ++at;
        } else if (text[at] == quote) {
            const bool doubled = quote == '\'' && at + 1 < text.size() && text[at + 1] == '\'';
            if (!doubled) return at;
            ++at;
        }
    }
    return std::string_view::npos;
}

void SetLength(size_t length, Node* node) {
    node->where.length = static_cast<uint32_t>(std::max<size_t>(length, 1));
}

size_t RestOfLine(std::string_view text, size_t begin) {
    const std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
    const size_t last = line.find_last_not_of(" \t\r");
    return last == std::string_view::npos ? 1 : last + 1;
}

bool MeasureQuoted(std::string_view text, size_t begin, Node* node) {
    const size_t end = ClosingQuote(text, begin);
    if (end == std::string_view::npos) {
        SetLength(RestOfLine(text, begin), node);
        return false;
    }
    const std::string_view raw = text.substr(begin + 1, end - begin - 1);
    node->several_lines = raw.find('\n') != std::string_view::npos;
    if (raw == node->value && !node->several_lines) node->verbatim = 1;
    SetLength(node->several_lines ? RestOfLine(text, begin) : raw.size() + 2, node);
    return true;
}

}  // namespace

bool MeasureScalar(std::string_view text, size_t begin, Node* node) {
    begin = std::min(begin, text.size());
    const char first = begin < text.size() ? text[begin] : '\0';
    if (first == '"' || first == '\'') return MeasureQuoted(text, begin, node);
    node->plain = first != '|' && first != '>';
    if (node->plain && text.substr(begin).starts_with(node->value)) {
        node->verbatim = 0;
        SetLength(node->value.size(), node);
    } else {
        node->several_lines = true;
        SetLength(RestOfLine(text, begin), node);
    }
    return true;
}

}  // namespace bailiff::policy
