// SPDX-License-Identifier: Apache-2.0
#include "doctor/lsm_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bailiff::doctor {
namespace {

constexpr auto kNeverNamed =
    std::to_array<std::string_view>({"capability", "ima", "evm", "integrity", "bpf"});

// The words of a command line. A double quote protects spaces, as in the kernel's next_arg().
std::vector<std::string> Words(std::string_view command_line) {
    std::vector<std::string> words;
    std::string word;
    bool quoted = false;
    for (char c : command_line) {
        if (c == '"') quoted = !quoted;
        if ((c == ' ' || c == '\t' || c == '\n') && !quoted) {
            if (!word.empty()) words.push_back(std::move(word));
            word.clear();
        } else {
            word += c;
        }
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

}  // namespace

bool HasBpf(const std::vector<std::string>& active) {
    return std::ranges::find(active, "bpf") != active.end();
}

bool NamesBpf(std::string_view value) {
    return fmt::format(",{},", value).contains(",bpf,");
}

std::string LsmValue(const std::vector<std::string>& active, enforce::KernelVersion version) {
    std::vector<std::string_view> names;
    for (const std::string& name : active) {
        if (std::ranges::find(kNeverNamed, name) == kNeverNamed.end()) names.push_back(name);
    }
    if (version < kIntegrityAlwaysOn) names.push_back("integrity");
    names.push_back("bpf");
    return fmt::format("{}", fmt::join(names, ","));
}

std::optional<std::string> LastParameter(std::string_view command_line, std::string_view name) {
    std::optional<std::string> value;
    std::string prefix = fmt::format("{}=", name);
    for (const std::string& word : Words(command_line)) {
        if (word == "--") break;
        if (word.starts_with(prefix)) value = word.substr(prefix.size());
    }
    return value;
}

bool HasInitArguments(std::string_view command_line) {
    std::vector<std::string> words = Words(command_line);
    return std::ranges::find(words, "--") != words.end();
}

std::string WithLsm(std::string_view command_line, std::string_view value) {
    std::vector<std::string> words = Words(command_line);
    std::erase_if(words, [](const std::string& word) { return word.starts_with("lsm="); });
    words.insert(std::ranges::find(words, "--"), fmt::format("lsm={}", value));
    return fmt::format("{}", fmt::join(words, " "));
}

}  // namespace bailiff::doctor
