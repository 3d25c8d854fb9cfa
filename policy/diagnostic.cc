// SPDX-License-Identifier: Apache-2.0
#include "policy/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <tuple>

#include "policy/utf8.h"

namespace bailiff::policy {
namespace {

constexpr size_t kLineWidth = 100;   // of the policy's text that is shown
constexpr size_t kBeforeCaret = 60;  // of them before the caret, when the line is shortened
constexpr size_t kMaxShown = 100;    // diagnostics; the rest is counted

// The part of a line that is shown, and the caret's place under it.
struct Excerpt {
    std::string text;
    size_t caret = 0;      // columns before the caret
    size_t underline = 0;  // columns under what is wrong
};

size_t FirstByteShown(std::string_view line, size_t at) {
    if (line.size() <= kLineWidth || at <= kBeforeCaret) return 0;
    size_t begin = at - kBeforeCaret;
    while (begin < at && (static_cast<unsigned char>(line[begin]) & 0xc0) == 0x80) ++begin;
    return begin;
}

Excerpt MakeExcerpt(std::string_view line, const Span& where) {
    const size_t at = std::min<size_t>(where.column - 1, line.size());
    const size_t end = at + where.length;
    size_t i = FirstByteShown(line, at);
    Excerpt excerpt{i > 0 ? "..." : "", 0, 0};
    size_t width = excerpt.text.size();
    while (i < line.size()) {
        if (width >= kLineWidth && i > at) {
            excerpt.text += "...";
            break;
        }
        const CodePoint code_point = DecodeUtf8(line, i);
        size_t columns = 1;
        excerpt.text += line[i] == '\t' ? " " : ShowCodePoint(line.substr(i), code_point, &columns);
        if (i < at) excerpt.caret = width + columns;
        if (i >= at && i < end) excerpt.underline += columns;
        if (i == at) excerpt.caret = width;
        width += columns;
        i += code_point.length;
    }
    if (at == line.size()) excerpt.caret = width;
    excerpt.underline = std::max<size_t>(excerpt.underline, 1);
    return excerpt;
}

// Finds lines of one text; asked in ascending order it reads the text once.
class LineFinder {
  public:
    explicit LineFinder(std::string_view text) : text_(text) {}

    std::string_view Find(uint32_t line) {
        while (line_ < line && begin_ < text_.size()) {
            const size_t newline = text_.find('\n', begin_);
            begin_ = newline == std::string_view::npos ? text_.size() : newline + 1;
            ++line_;
        }
        if (line_ != line) return {};
        std::string_view found = text_.substr(begin_, text_.find('\n', begin_) - begin_);
        if (found.ends_with('\r')) found.remove_suffix(1);
        return found;
    }

  private:
    std::string_view text_;
    size_t begin_ = 0;
    uint32_t line_ = 1;
};

std::string_view SeverityWord(Severity severity) {
    return severity == Severity::kError ? "error" : "warning";
}

std::string RenderOne(const Diagnostic& diagnostic, const Sources& sources, const Colours& colours,
                      LineFinder* lines) {
    const Span& where = diagnostic.where;
    const std::string message = EscapeText(diagnostic.message);
    const bool error = diagnostic.severity == Severity::kError;
    const std::string_view colour = error ? colours.error : colours.warning;
    const std::string word =
        fmt::format("{}{}{}", colour, SeverityWord(diagnostic.severity), colours.end);
    if (where.file >= sources.size()) return fmt::format("{}: {}\n", word, message);

    const Excerpt excerpt = MakeExcerpt(lines->Find(where.line), where);
    const std::string number = fmt::format("{:5}", where.line);
    std::string text = fmt::format("{}:{}:{}: {}: {}\n", EscapeText(sources[where.file].name),
                                   where.line, where.column, word, message);
    text += fmt::format("{} | {}", number, excerpt.text);
    text.erase(text.find_last_not_of(' ') + 1);
    text += fmt::format("\n{:{}} | {:{}}{}^{:~<{}}{}", "", number.size(), "", excerpt.caret, colour,
                        "", excerpt.underline - 1, colours.end);
    if (!diagnostic.hint.empty()) text += " " + EscapeText(diagnostic.hint);
    return text + "\n";
}

}  // namespace

bool Diagnostics::has_errors() const {
    return std::ranges::any_of(list_,
                               [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

std::string Diagnostics::Render(const Sources& sources, const Colours& colours) const {
    std::vector<const Diagnostic*> sorted;
    for (const Diagnostic& diagnostic : list_) sorted.push_back(&diagnostic);
    // All point into one vector, so the last key keeps the order of what was told at one place.
    std::ranges::sort(sorted, {}, [](const Diagnostic* d) {
        return std::tuple(d->where.file, d->where.line, d->where.column, d);
    });
    const size_t shown = std::min(sorted.size(), kMaxShown);
    std::string text;
    LineFinder lines{""};
    for (size_t i = 0; i < shown; ++i) {
        const uint32_t file = sorted[i]->where.file;
        const bool next_file = i == 0 || sorted[i - 1]->where.file != file;
        if (next_file && file < sources.size()) lines = LineFinder(sources[file].text);
        text += RenderOne(*sorted[i], sources, colours, &lines);
    }
    if (shown < sorted.size()) text += fmt::format("... and {} more\n", sorted.size() - shown);
    return text;
}

}  // namespace bailiff::policy
