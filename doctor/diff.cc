// SPDX-License-Identifier: Apache-2.0
#include "doctor/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <vector>

namespace bailiff::doctor {
namespace {

using Lines = std::vector<std::string>;

Lines LinesOf(std::string_view text) {
    Lines lines;
    std::istringstream stream{std::string(text)};
    for (std::string line; std::getline(stream, line);) lines.push_back(std::move(line));
    return lines;
}

// common[i][j]: length of the longest common subsequence of before[i..] and after[j..].
std::vector<std::vector<size_t>> CommonLengths(const Lines& before, const Lines& after) {
    std::vector<std::vector<size_t>> common(before.size() + 1,
                                            std::vector<size_t>(after.size() + 1));
    for (size_t i = before.size(); i-- > 0;) {
        for (size_t j = after.size(); j-- > 0;) {
            common[i][j] = before[i] == after[j] ? common[i + 1][j + 1] + 1
                                                 : std::max(common[i + 1][j], common[i][j + 1]);
        }
    }
    return common;
}

std::string Range(const Lines& lines) {
    return lines.empty() ? "0,0" : fmt::format("1,{}", lines.size());
}

}  // namespace

std::string UnifiedDiff(std::string_view path, std::string_view before, std::string_view after) {
    if (before == after) return {};
    Lines old_lines = LinesOf(before), new_lines = LinesOf(after);
    auto common = CommonLengths(old_lines, new_lines);
    std::string text =
        fmt::format("--- {}\n+++ {}\n@@ -{} +{} @@\n", before.empty() ? "/dev/null" : path, path,
                    Range(old_lines), Range(new_lines));
    size_t i = 0, j = 0;
    while (i < old_lines.size() || j < new_lines.size()) {
        bool both = i < old_lines.size() && j < new_lines.size();
        if (both && old_lines[i] == new_lines[j]) {
            text += " " + old_lines[i++] + "\n";
            ++j;
        } else if (j == new_lines.size() ||
                   (i < old_lines.size() && common[i + 1][j] >= common[i][j + 1])) {
            text += "-" + old_lines[i++] + "\n";
        } else {
            text += "+" + new_lines[j++] + "\n";
        }
    }
    return text;
}

}  // namespace bailiff::doctor
