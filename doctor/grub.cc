// SPDX-License-Identifier: Apache-2.0
#include "doctor/grub.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>

#include "base/file.h"

namespace bailiff::doctor {
namespace {

constexpr std::string_view kMarker = "# managed by bailiff";

constexpr std::string_view kHeader =
    "# Written by `bailiff doctor --fix`, which renews only the line marked as managed.\n"
    "# lsm= replaces the kernel's whole list: this is what was active, and bpf.\n";

bool IsManaged(std::string_view line) {
    return TrimEnd(line).ends_with(kMarker);
}

std::vector<std::string> LinesOf(std::string_view text) {
    std::vector<std::string> lines;
    std::istringstream stream{std::string(text)};
    for (std::string line; std::getline(stream, line);) lines.push_back(std::move(line));
    return lines;
}

// /etc/default/grub, then the drop-ins in the order of their names, as the shell expands *.cfg.
std::vector<std::string> SettingFiles(const std::string& root) {
    std::vector<std::string> drop_ins;
    std::error_code error;
    for (std::filesystem::directory_iterator it(root + "/etc/default/grub.d", error), end;
         !error && it != end; it.increment(error)) {
        std::string name = it->path().filename().string();
        if (name.ends_with(".cfg") && !name.starts_with('.')) {
            drop_ins.push_back("/etc/default/grub.d/" + name);
        }
    }
    std::ranges::sort(drop_ins);
    drop_ins.insert(drop_ins.begin(), "/etc/default/grub");
    return drop_ins;
}

// One assignment to a variable that ends up on the kernel's command line.
struct Assignment {
    std::string where;     // file:line
    std::string variable;  // GRUB_CMDLINE_LINUX or GRUB_CMDLINE_LINUX_DEFAULT
    std::string value;     // the rest of the line
    bool appends = false;  // keeps what was there
};

std::string_view SkipBlanks(std::string_view text) {
    size_t first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

bool Consume(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

std::optional<Assignment> ParseAssignment(std::string_view line) {
    Assignment found;
    std::string_view rest = SkipBlanks(line);
    if (Consume(rest, "export ")) rest = SkipBlanks(rest);
    found.variable = "GRUB_CMDLINE_LINUX";
    if (!Consume(rest, found.variable)) return std::nullopt;
    if (Consume(rest, "_DEFAULT")) found.variable += "_DEFAULT";
    found.appends = Consume(rest, "+");
    if (!Consume(rest, "=")) return std::nullopt;
    found.value = rest;
    found.appends |= rest.contains("$" + found.variable) || rest.contains("${" + found.variable);
    return found;
}

std::vector<Assignment> AssignmentsIn(const std::string& root, const std::string& path) {
    std::vector<Assignment> assignments;
    unsigned number = 0;
    for (const std::string& line : LinesOf(ReadFile(root + path).value_or(""))) {
        ++number;
        auto found = ParseAssignment(line);
        if (!found) continue;
        found->where = fmt::format("{}:{}", path, number);
        assignments.push_back(std::move(*found));
    }
    return assignments;
}

// The parameter `name=…` as it stands in a line of shell; empty when it does not.
std::string ParameterIn(std::string_view value, std::string_view name) {
    constexpr std::string_view kEnds = " \t\"'";
    std::string wanted = fmt::format("{}=", name);
    for (size_t at = value.find(wanted); at != value.npos; at = value.find(wanted, at + 1)) {
        if (at != 0 && !kEnds.contains(value[at - 1])) continue;
        return std::string(value.substr(at, value.find_first_of(kEnds, at) - at));
    }
    return {};
}

void SurveyBefore(const Assignment& it, GrubSurvey& survey) {
    if (std::string lsm = ParameterIn(it.value, "lsm"); !lsm.empty()) {
        survey.notes.push_back(
            fmt::format("{} has {}; ours comes after it, and the last one counts", it.where, lsm));
    }
    if (std::string chosen = ParameterIn(it.value, "security"); !chosen.empty()) {
        survey.notes.push_back(fmt::format("{} has {}, which lsm= overrides", it.where, chosen));
    }
}

void SurveyAfter(const Assignment& it, GrubSurvey& survey) {
    if (it.variable != "GRUB_CMDLINE_LINUX_DEFAULT") return SurveyBefore(it, survey);
    if (std::string lsm = ParameterIn(it.value, "lsm"); !lsm.empty()) {
        survey.conflicts.push_back(fmt::format("{} has {} and is read after ours", it.where, lsm));
    } else if (!it.appends) {
        survey.conflicts.push_back(
            fmt::format("{} sets {} anew and is read after ours", it.where, it.variable));
    }
}

}  // namespace

std::string DropInLine(std::string_view lsm_value) {
    return fmt::format("GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT lsm={}\"  {}",
                       lsm_value, kMarker);
}

std::string DropInWith(std::string_view old, std::string_view lsm_value) {
    std::string text(old.empty() ? kHeader : std::string_view());
    for (const std::string& line : LinesOf(old)) {
        if (!IsManaged(line)) text += line + "\n";
    }
    return text + DropInLine(lsm_value) + "\n";
}

GrubSurvey SurveyGrub(const std::string& root) {
    GrubSurvey survey;
    for (const std::string& path : SettingFiles(root)) {
        if (path == kGrubDropIn) continue;
        bool after = path > kGrubDropIn;
        for (const Assignment& assignment : AssignmentsIn(root, path)) {
            after ? SurveyAfter(assignment, survey) : SurveyBefore(assignment, survey);
        }
    }
    return survey;
}

GrubEntries ParseGrubConfig(std::string_view text) {
    constexpr std::string_view kBlanks = " \t";
    GrubEntries entries;
    for (const std::string& line : LinesOf(text)) {
        std::string_view rest = SkipBlanks(line);
        std::string_view word = rest.substr(0, rest.find_first_of(kBlanks));
        if (word != "linux" && word != "linuxefi" && word != "linux16") continue;
        if (entries.total++ == 0) entries.first = SkipBlanks(rest.substr(word.size()));
    }
    return entries;
}

}  // namespace bailiff::doctor
