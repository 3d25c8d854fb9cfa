// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sstream>

#include "cli/exit_code.h"
#include "fmt/format.h"

namespace bailiff::cli {

void PrintData(std::string_view text) {
    fmt::print(stdout, "{}", text);
}

void PrintJson(const nlohmann::ordered_json& json) {
    fmt::print(stdout, "{}\n",
               json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

void PrintMessage(std::string_view text) {
    std::fflush(stdout);  // so that both are read in the order in which they were said
    fmt::print(stderr, "{}", text);
}

int PrintError(const Error& error) {
    PrintMessage(fmt::format("bailiff: {}\n", error.message));
    std::istringstream remedies(error.remedy);
    for (std::string line; std::getline(remedies, line);) PrintMessage("  " + line + "\n");
    return ExitCodeOf(error.kind);
}

std::string Toned(Tone tone, std::string_view text) {
    const char* no_color = std::getenv("NO_COLOR");
    if ((no_color && *no_color) || !isatty(STDOUT_FILENO)) return std::string(text);
    const char* code = tone == Tone::kGood ? "32" : tone == Tone::kBad ? "31" : "2";
    return fmt::format("\033[{}m{}\033[0m", code, text);
}

std::string ClockTime(uint64_t unix_seconds) {
    if (unix_seconds == 0) return "never";
    auto then = static_cast<time_t>(unix_seconds);
    time_t now = time(nullptr);
    tm then_parts{};
    tm now_parts{};
    localtime_r(&then, &then_parts);
    localtime_r(&now, &now_parts);
    bool today = then_parts.tm_yday == now_parts.tm_yday && then_parts.tm_year == now_parts.tm_year;
    char text[32];
    strftime(text, sizeof(text), today ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &then_parts);
    return text;
}

std::string Count(uint64_t number, std::string_view noun) {
    if (number == 1) return fmt::format("1 {}", noun);
    if (noun.ends_with('y'))
        return fmt::format("{} {}ies", number, noun.substr(0, noun.size() - 1));
    return fmt::format("{} {}s", number, noun);
}

std::string Table(const std::vector<std::vector<std::string>>& rows, std::string_view indent) {
    std::vector<size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (size_t i = 0; i < row.size(); i++) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line(indent);
        for (size_t i = 0; i < row.size(); i++) {
            line += i + 1 < row.size() ? fmt::format("{:<{}}  ", row[i], widths[i]) : row[i];
        }
        text += line + "\n";
    }
    return text;
}

}  // namespace bailiff::cli
