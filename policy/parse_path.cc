// SPDX-License-Identifier: Apache-2.0
#include "policy/parse_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>

#include "abi/limits.h"
#include "policy/messages.h"
#include "policy/parse_glob.h"
#include "policy/utf8.h"

namespace bailiff::policy {
namespace {

// The kernel's PATH_MAX counts the NUL at the end.
constexpr size_t kLongestPath = BLF_PATH_MAX - 1;

Component AnyDepth() {
    Component component;
    component.any_depth = true;
    return component;
}

Component AnyName() {
    GlobElement star;
    star.star = true;
    Component component;
    component.choices.push_back({star});
    return component;
}

// What `path` and `name` have in common.
bool CheckBytes(const Node& node, Diagnostics* diagnostics) {
    const size_t nul = node.value.find('\0');
    if (nul != std::string::npos) {
        diagnostics->Error(node.At(nul, 1), message::kNulInPath, message::kHintNulInPath);
        return false;
    }
    return true;
}

size_t ShortestMatch(const Glob& glob) {
    return static_cast<size_t>(std::ranges::count(glob, false, &GlobElement::star));
}

// Refuses a pattern that no path can match.
bool CheckLength(const Node& node, const PathPattern& pattern, Diagnostics* diagnostics) {
    size_t shortest = 0;
    for (const Component& component : pattern.components) {
        if (component.any_depth) continue;
        size_t name = component.name.size();
        if (!component.choices.empty()) {
            name = std::ranges::min(component.choices | std::views::transform(ShortestMatch));
        }
        shortest += 1 + std::max<size_t>(name, 1);
    }
    if (shortest <= kLongestPath) return true;
    diagnostics->Error(node.where, message::kPatternTooLong,
                       fmt::format(message::kHintPatternTooLong, kLongestPath));
    return false;
}

bool CheckAbsolute(const Node& node, Diagnostics* diagnostics) {
    if (node.value.starts_with('/')) return true;
    const bool tilde = node.value.starts_with('~');
    diagnostics->Error(node.where, message::kRelativePath,
                       tilde ? message::kHintTilde : message::kHintRelativePath);
    return false;
}

void TellEmptyComponent(const Node& node, size_t at, Diagnostics* diagnostics) {
    const std::string_view text = node.value;
    if (at < text.size()) {
        diagnostics->Error(node.At(at - 1, 2), message::kEmptyComponent,
                           message::kHintEmptyComponent);
    } else {
        const std::string directory = Shorten(text.substr(0, at - 1));
        diagnostics->Error(node.At(at - 1, 1), message::kTrailingSlash,
                           fmt::format(message::kHintTrailingSlash, directory));
    }
}

bool AddDoubleStar(const Node& node, size_t at, PathPattern* pattern, Diagnostics* diagnostics) {
    if (!pattern->components.empty() && pattern->components.back().any_depth) {
        diagnostics->Error(node.At(at, 2), message::kRepeatedDoubleStar,
                           message::kHintRepeatedDoubleStar);
        return false;
    }
    pattern->components.push_back(AnyDepth());
    return true;
}

bool AddGlob(const Node& node, size_t begin, size_t end, Work* expansion, PathPattern* pattern,
             Diagnostics* diagnostics) {
    std::optional<Component> component = ParseComponent(node, begin, end, expansion, diagnostics);
    if (!component) return false;
    pattern->components.push_back(std::move(*component));
    return true;
}

bool AddComponent(const Node& node, size_t begin, size_t end, Work* expansion, PathPattern* pattern,
                  Diagnostics* diagnostics) {
    if (begin == end) {
        TellEmptyComponent(node, begin, diagnostics);
        return false;
    }
    if (std::string_view(node.value).substr(begin, end - begin) == "**") {
        return AddDoubleStar(node, begin, pattern, diagnostics);
    }
    return AddGlob(node, begin, end, expansion, pattern, diagnostics);
}

}  // namespace

std::optional<PathPattern> ParsePath(const Node& node, Work* expansion, Diagnostics* diagnostics) {
    if (!CheckBytes(node, diagnostics) || !CheckAbsolute(node, diagnostics)) return std::nullopt;
    PathPattern pattern;
    pattern.text = node.value;
    pattern.where = node.where;
    if (node.value == "/") return pattern;
    pattern.components.reserve(static_cast<size_t>(std::ranges::count(node.value, '/')));
    for (size_t begin = 1; begin <= node.value.size();) {
        const size_t end = std::min(node.value.find('/', begin), node.value.size());
        if (!AddComponent(node, begin, end, expansion, &pattern, diagnostics)) return std::nullopt;
        begin = end + 1;
    }
    // `/dir/**` is what is below /dir, and not /dir itself.
    if (pattern.components.back().any_depth) pattern.components.push_back(AnyName());
    if (!CheckLength(node, pattern, diagnostics)) return std::nullopt;
    return pattern;
}

std::optional<PathPattern> ParseText(const Node& node, Work* expansion, Diagnostics* diagnostics) {
    if (!CheckBytes(node, diagnostics)) return std::nullopt;
    PathPattern pattern;
    pattern.text = node.value;
    pattern.where = node.where;
    // `**` is `*`: there are no directories.
    const size_t begin = node.value == "**" ? 1 : 0;
    if (!AddGlob(node, begin, node.value.size(), expansion, &pattern, diagnostics)) {
        return std::nullopt;
    }
    return pattern;
}

std::optional<PathPattern> ParseName(const Node& node, Work* expansion, Diagnostics* diagnostics) {
    if (!CheckBytes(node, diagnostics)) return std::nullopt;
    const size_t slash = node.value.find('/');
    if (slash != std::string::npos) {
        const std::string path = (slash == 0 ? "" : "/**/") + Shorten(node.value);
        diagnostics->Error(node.At(slash, 1), message::kSlashInName,
                           fmt::format(message::kHintSlashInName, path));
        return std::nullopt;
    }
    PathPattern pattern;
    pattern.text = "/**/" + node.value;
    pattern.where = node.where;
    pattern.components.push_back(AnyDepth());
    if (!AddGlob(node, 0, node.value.size(), expansion, &pattern, diagnostics)) return std::nullopt;
    return pattern;
}

}  // namespace bailiff::policy
