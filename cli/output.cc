// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <sstream>

#include "cli/exit_code.h"
#include "fmt/format.h"
#include "policy/utf8.h"

namespace bailiff::cli {

namespace {

// What stdio keeps for later is given back by FlushOutput; a failure stays in the stream until
// then.
void Write(FILE* stream, std::string_view text) {
    if (!text.empty()) std::fwrite(text.data(), 1, text.size(), stream);
}

std::string_view WordOf(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::kUsage:
            return "usage";
        case ErrorKind::kNoPrivilege:
            return "no-privilege";
        case ErrorKind::kPolicy:
            return "policy";
        case ErrorKind::kKernel:
            return "kernel";
        case ErrorKind::kUnknown:
            return "unknown";
        case ErrorKind::kSystem:
            return "system";
        case ErrorKind::kExhausted:
            return "exhausted";
        case ErrorKind::kHalfDone:
            return "half-done";
        case ErrorKind::kInternal:
            break;
    }
    return "internal";
}

bool HasColours(int fd) {
    const char* no_color = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    if ((no_color && *no_color) || (terminal && std::string_view(terminal) == "dumb")) return false;
    return isatty(fd) != 0;
}

constexpr std::string_view kPlain = "\033[0m";

std::string_view ColourOf(Tone tone) {
    switch (tone) {
        case Tone::kGood:
            return "\033[32m";
        case Tone::kDoubtful:
            return "\033[33m";
        case Tone::kBad:
            return "\033[31m";
        case Tone::kQuiet:
            break;
    }
    return "\033[2m";
}

// Root may be refused too: by a policy (cli/lockout.h), or for want of a capability.
std::string RemedyOf(const Error& error) {
    const bool root_could = error.kind == ErrorKind::kNoPrivilege && geteuid() != 0;
    return root_could && error.remedy.empty() ? "run as root" : error.remedy;
}

}  // namespace

void PrintData(std::string_view text) {
    Write(stdout, text);
}

void PrintJson(const Json& json) {
    PrintData(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void PrintMessage(std::string_view text) {
    std::fflush(stdout);  // so that both are read in the order in which they were said
    Write(stderr, text);
}

Json ErrorJson(const Error& error) {
    return {{"kind", WordOf(error.kind)},
            {"message", error.message},
            {"remedy", RemedyOf(error)},
            {"exit", static_cast<int>(ExitCodeOf(error.kind))}};
}

int PrintError(const Error& error, bool json, Json rest) {
    if (json) {
        rest["error"] = ErrorJson(error);
        PrintJson(rest);
        return ExitCodeOf(error.kind);
    }
    PrintMessage(fmt::format("bailiff: {}\n", policy::EscapeText(error.message)));
    std::istringstream remedies(RemedyOf(error));
    for (std::string line; std::getline(remedies, line);)
        PrintMessage("  " + policy::EscapeText(line) + "\n");
    return ExitCodeOf(error.kind);
}

int FlushOutput(int exit_code) {
    bool failed = std::ferror(stdout) != 0;
    errno = 0;
    failed |= std::fflush(stdout) != 0;
    if (!failed) return exit_code;
    std::string why = errno ? std::string(": ") + std::strerror(errno) : std::string();
    PrintMessage(
        fmt::format("bailiff: cannot write to standard output{}\n"
                    "  The work itself ended with exit {}; what it had to say is lost.\n",
                    why, exit_code));
    return kInternal;
}

void HoldStandardStreams() {
    for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(fd, F_GETFD) >= 0) continue;
        // The lowest free number is this one.
        const char* path = fd == STDOUT_FILENO ? "/dev/full" : "/dev/null";
        if (open(path, O_RDWR) != fd) _exit(kInternal);
    }
}

std::string Toned(Tone tone, std::string_view text) {
    if (!HasColours(STDOUT_FILENO)) return std::string(text);
    return fmt::format("{}{}{}", ColourOf(tone), text, kPlain);
}

policy::Colours DiagnosticColours() {
    if (!HasColours(STDERR_FILENO)) return {};
    return {.error = ColourOf(Tone::kBad), .warning = ColourOf(Tone::kDoubtful), .end = kPlain};
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
    return fmt::format("{} {}{}", number, noun, noun.ends_with('s') ? "es" : "s");
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
