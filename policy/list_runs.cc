// SPDX-License-Identifier: Apache-2.0
#include "policy/list_runs.h"

#include <array>

namespace bailiff::policy {
namespace {

constexpr uint32_t kShortestRun = 16;

constexpr std::array<bool, 256> kPathBytes = [] {
    std::array<bool, 256> bytes{};
    for (unsigned c = 0x21; c < 0x7f; c++) bytes[c] = true;
    for (unsigned char c : {':', '#', '"', '\'', '\\'}) bytes[c] = false;
    return bytes;
}();

// Where the value of a line of the run's form begins, counted from the line's beginning; 0 if the
// line has another form. `line` is without its newline.
size_t ValueOf(std::string_view line) {
    const size_t dash = line.find_first_not_of(' ');
    if (dash == std::string_view::npos || !line.substr(dash).starts_with("- ")) return 0;
    size_t begin = dash + 2;
    size_t end = line.size();
    if (begin < end && line[begin] == '"') {
        if (end - begin < 3 || line[end - 1] != '"') return 0;
        begin++;
        end--;
    }
    if (begin >= end || line[begin] != '/') return 0;
    for (size_t at = begin; at < end; at++) {
        if (!kPathBytes[static_cast<unsigned char>(line[at])]) return 0;
    }
    return dash + 2;
}

}  // namespace

std::vector<ListRun> FindListRuns(std::string_view text) {
    std::vector<ListRun> runs;
    ListRun run;
    uint32_t lines = 0;  // of the run so far
    size_t last = 0;     // where its last line begins
    auto finish = [&] {
        run.end = last;
        run.lines = lines - 2;
        if (lines >= kShortestRun) runs.push_back(run);
        lines = 0;
    };
    for (size_t begin = 0; begin < text.size();) {
        const size_t newline = text.find('\n', begin);
        if (newline == std::string_view::npos) break;
        const size_t value = ValueOf(text.substr(begin, newline - begin));
        if (lines > 0 && value != run.column) finish();
        if (value > 0 && lines == 0) {
            run = {.first = begin + value,
                   .column = static_cast<uint32_t>(value),
                   .begin = newline + 1};
        }
        if (value > 0) {
            lines++;
            last = begin;
        }
        begin = newline + 1;
    }
    if (lines > 0) finish();
    return runs;
}

std::string WithoutInnerLines(std::string_view text, const std::vector<ListRun>& runs) {
    std::string rest;
    size_t at = 0;
    for (const ListRun& run : runs) {
        rest += text.substr(at, run.begin - at);
        at = run.end;
    }
    rest += text.substr(at);
    return rest;
}

}  // namespace bailiff::policy
