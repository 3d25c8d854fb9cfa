// SPDX-License-Identifier: Apache-2.0
#include "doctor/grub.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <regex>
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

std::vector<Assignment> AssignmentsIn(const std::string& root, const std::string& path) {
    static const std::regex kPattern(
        R"(^\s*(?:export\s+)?(GRUB_CMDLINE_LINUX(?:_DEFAULT)?)(\+?)=(.*)$)");
    std::vector<Assignment> assignments;
    auto text = ReadFile(root + path);
    if (!text) return assignments;
    unsigned number = 0;
    for (const std::string& line : LinesOf(*text)) {
        ++number;
        std::smatch part;
        if (!std::regex_match(line, part, kPattern)) continue;
        std::string variable = part[1], value = part[3];
        bool appends = part[2].length() != 0 || value.contains("$" + variable) ||
                       value.contains("${" + variable);
        assignments.push_back({fmt::format("{}:{}", path, number), variable, value, appends});
    }
    return assignments;
}

// The parameter `name=…` as it stands in a line of shell; empty when it does not.
std::string ParameterIn(const std::string& value, std::string_view name) {
    std::regex pattern(fmt::format(R"((?:^|[\s"'])({}=[^\s"']*))", name));
    std::smatch found;
    return std::regex_search(value, found, pattern) ? found[1].str() : std::string();
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

std::string DropInWith(std::string_view old, std::string_view lsm_value) {
    std::string text(old.empty() ? kHeader : std::string_view());
    for (const std::string& line : LinesOf(old)) {
        if (!IsManaged(line)) text += line + "\n";
    }
    return text +
           fmt::format("GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT lsm={}\"  {}\n",
                       lsm_value, kMarker);
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
    static const std::regex kLinux(R"(^\s*linux(?:efi|16)?\s+(.*)$)");
    GrubEntries entries;
    for (const std::string& line : LinesOf(text)) {
        std::smatch part;
        if (!std::regex_match(line, part, kLinux)) continue;
        if (entries.total++ == 0) entries.first = part[1];
    }
    return entries;
}

}  // namespace bailiff::doctor
