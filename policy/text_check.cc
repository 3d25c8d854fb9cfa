// SPDX-License-Identifier: Apache-2.0
#include "policy/text_check.h"

#include <fmt/format.h>

#include <string_view>

#include "policy/messages.h"
#include "policy/utf8.h"

namespace bailiff::policy {
namespace {

bool IsControl(std::string_view text, size_t at) {
    const char c = text[at];
    if (c == '\n' || c == '\t') return false;
    if (c == '\r') return at + 1 >= text.size() || text[at + 1] != '\n';
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

void TellControl(char control, const Span& where, Diagnostics* out) {
    if (control == '\0') {
        out->Error(where, message::kNul, message::kHintNul);
        return;
    }
    out->Error(where, fmt::format(message::kControl, control),
               fmt::format(message::kHintControl, control));
}

// One line, without its newline; `text[begin]` is its first byte.
bool CheckLine(std::string_view text, size_t begin, size_t end, Span where, Diagnostics* out) {
    if (end - begin > kMaxLineBytes) {
        where.column = kMaxLineBytes + 1;
        out->Error(where, fmt::format(message::kLineTooLong, kMaxLineBytes),
                   message::kHintLineTooLong);
        return false;
    }
    if (end > begin && text[begin] == '%') {
        where.length = static_cast<uint32_t>(end - begin);
        out->Error(where, message::kDirective, message::kHintDirective);
        return false;
    }
    for (size_t at = begin; at < end;) {
        if (text[at] >= 0x20 && text[at] < 0x7f) {
            at++;
            continue;
        }
        const CodePoint code_point = DecodeUtf8(text, at);
        where.column = static_cast<uint32_t>(at - begin) + 1;
        if (!code_point.valid) {
            out->Error(where, fmt::format(message::kNotUtf8, code_point.value),
                       message::kHintNotUtf8);
            return false;
        }
        if (IsControl(text, at)) {
            TellControl(text[at], where, out);
            return false;
        }
        at += code_point.length;
    }
    return true;
}

}  // namespace

bool CheckText(const Source& source, uint32_t file, Diagnostics* diagnostics) {
    const std::string_view text = source.text;
    Span where{file, 1, 1, 1};
    if (text.size() > kMaxFileBytes) {
        diagnostics->Error(where, fmt::format(message::kTooBig, kMaxFileBytes >> 20),
                           message::kHintTooBig);
        return false;
    }
    if (text.starts_with("\xef\xbb\xbf")) {
        diagnostics->Error(where, message::kByteOrderMark, message::kHintByteOrderMark);
        return false;
    }
    bool good = true;
    for (size_t begin = 0; begin < text.size(); ++where.line) {
        const size_t newline = text.find('\n', begin);
        const size_t end = newline == std::string_view::npos ? text.size() : newline;
        good &= CheckLine(text, begin, end, where, diagnostics);
        if (!good && text.substr(begin, end - begin).contains('\0')) break;
        begin = end + 1;
    }
    return good;
}

}  // namespace bailiff::policy
