// SPDX-License-Identifier: Apache-2.0
#include "cli/usage.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "CLI/CLI.hpp"
#include "fmt/format.h"
#include "policy/suggest.h"

namespace bailiff::cli {
namespace {

std::vector<std::string> OptionsOf(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

// A word that nothing expected.
std::string Unexpected(const CLI::App& command, std::string_view word) {
    if (!word.starts_with('-')) return fmt::format("`{}` is one argument too many", word);
    const std::vector<std::string> options = OptionsOf(command);
    if (std::ranges::find(options, word) != options.end()) {
        return fmt::format("`{}` belongs behind the command", word);
    }
    const std::vector<std::string_view> words(options.begin(), options.end());
    const std::string_view near = policy::Closest(word, words);
    std::string message = fmt::format("there is no option `{}`", word);
    if (!near.empty()) message += fmt::format("; did you mean `{}`?", near);
    return message;
}

// "--op: 1 required TEXT missing", "--op: At Most 1 required but received 2"
std::string WrongCount(std::string_view said) {
    const std::string_view name = said.substr(0, said.find(':'));
    if (said.contains("received")) return fmt::format("{} may be given once", name);
    return fmt::format("{} needs a value", name);
}

std::string MessageOf(const CLI::App& app, const CLI::App& command, const CLI::ParseError& error) {
    const std::vector<std::string> left = app.remaining(true);
    const bool no_command = &app == &command;
    // Whoever misspelled an option is not helped by what else is missing.
    const bool misspelled = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr &&
                            !left.empty() && left.front().starts_with('-');
    const bool extra =
        dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr || no_command || misspelled;
    if (extra && !left.empty()) return Unexpected(command, left.front());
    if (no_command) return "no command was given";
    std::string message = error.what();
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) return WrongCount(message);
    if (!message.empty() && !message.starts_with("FILE")) {
        message[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(message[0])));
    }
    return message;
}

}  // namespace

Error UsageError(const CLI::App& app, const CLI::ParseError& error) {
    const std::vector<const CLI::App*> chosen = app.get_subcommands({});
    const auto parsed = std::ranges::find_if(chosen, [](auto* sub) { return sub->parsed(); });
    const CLI::App& command = parsed == chosen.end() ? app : **parsed;
    const std::string name = &command == &app ? "" : " " + command.get_name();
    return {ErrorKind::kUsage, MessageOf(app, command, error),
            "bailiff" + name + " --help says more"};
}

}  // namespace bailiff::cli
