// SPDX-License-Identifier: Apache-2.0
#include "policy/parse_digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "policy/messages.h"
#include "policy/utf8.h"

namespace bailiff::policy {

std::optional<std::string> NormalDigest(std::string_view text) {
    constexpr size_t kDigits = 64;
    constexpr std::string_view kUpper = "ABCDEF";
    std::string digest(text);
    for (char& digit : digest) {
        if (kUpper.find(digit) != std::string_view::npos) digit += 'a' - 'A';
    }
    const bool good = digest.size() == kDigits &&
                      digest.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!good) return std::nullopt;
    return digest;
}

std::optional<PathPattern> ParseDigest(const Node& node, Diagnostics* diagnostics) {
    std::optional<std::string> digest = NormalDigest(node.value);
    if (!digest) {
        diagnostics->Error(node.where, fmt::format(message::kBadDigest, Shorten(node.value)),
                           message::kHintBadDigest);
        return std::nullopt;
    }
    PathPattern pattern{.components = {}, .text = "/" + *digest, .where = node.where};
    pattern.components.push_back({.any_depth = false, .name = *std::move(digest), .choices = {}});
    return pattern;
}

}  // namespace bailiff::policy
