// SPDX-License-Identifier: Apache-2.0
#include "policy/suggest.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace bailiff::policy {
namespace {

constexpr size_t kLongestWord = 40;

// `_` and `.` and letter case are what people mix up first, so they count as equal.
char Fold(char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
    return c == '_' || c == '.' ? '-' : c;
}

// Edit distance where exchanging two neighbours is one step.
size_t Distance(std::string_view a, std::string_view b) {
    std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            const bool same = Fold(a[i - 1]) == Fold(b[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
            const bool exchanged = i > 1 && j > 1 && Fold(a[i - 1]) == Fold(b[j - 2]) &&
                                   Fold(a[i - 2]) == Fold(b[j - 1]);
            if (exchanged) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

}  // namespace

std::string_view Closest(std::string_view word, std::span<const std::string_view> candidates) {
    if (word.size() > kLongestWord) return {};
    std::string_view best;
    size_t best_distance = std::max<size_t>(1, word.size() / 3) + 1;
    for (std::string_view candidate : candidates) {
        const size_t distance = Distance(word, candidate);
        if (distance >= best_distance || distance >= candidate.size()) continue;
        best = candidate;
        best_distance = distance;
    }
    return best;
}

std::string ListWords(std::span<const std::string_view> words) {
    std::string list;
    for (std::string_view word : words) {
        if (!list.empty()) list += ", ";
        list += word;
    }
    return list;
}

}  // namespace bailiff::policy
