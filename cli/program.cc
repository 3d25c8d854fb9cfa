// SPDX-License-Identifier: Apache-2.0
#include "cli/program.h"

#include <algorithm>
#include <exception>
#include <new>
#include <sstream>
#include <vector>

#include "CLI/CLI.hpp"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/usage.h"
#include "cli/version.h"
#include "policy/suggest.h"

namespace bailiff::cli {
namespace {

constexpr const char* kAbout =
    "bailiff: the kernel asks, the policy gives the verdict, the bailiff enforces it.\n"
    "Mandatory access control with BPF LSM. Start with `bailiff doctor`.";

constexpr const char* kFooter =
    "From a policy to its enforcement and back:\n"
    "  bailiff doctor                        can this kernel enforce?\n"
    "  bailiff check keep-secret.yaml        is the policy right?\n"
    "  sudo bailiff apply keep-secret.yaml   enforce it, and prove it\n"
    "  sudo bailiff status                   what is in force, and what it denied\n"
    "  sudo bailiff off                      take it away\n"
    "\n"
    "Exit codes: 0 ok; 1 the answer is no; 2 usage; 3 cannot tell; 4 no privilege;\n"
    "5 the policy is invalid; 6 the kernel lacks something or did not obey; 70 internal.\n"
    "Data goes to stdout, messages to stderr; with --json everything is one object on stdout.\n"
    "Colours only on a terminal, and not where NO_COLOR is set or TERM is dumb.\n"
    "`bailiff COMMAND --help` says more.";

// Behind `--` stands what is not for us.
bool AsksForJson(int argc, const char* const* argv) {
    const auto* end = std::find(argv, argv + argc, std::string_view("--"));
    return std::find(argv, end, std::string_view("--json")) != end;
}

std::vector<std::string_view> CommandNames() {
    std::vector<std::string_view> names;
    for (const Command& command : Commands()) names.emplace_back(command.name);
    return names;
}

// A first word that is no command; nothing when it is one or is not there.
std::optional<Error> UnknownCommand(int argc, const char* const* argv) {
    if (argc < 2 || *argv[1] == '-') return std::nullopt;
    std::string_view word = argv[1];
    std::vector<std::string_view> names = CommandNames();
    if (std::ranges::find(names, word) != names.end()) return std::nullopt;
    std::string_view closest = policy::Closest(word, names);
    std::string message = "there is no command `" + std::string(word) + "`";
    if (!closest.empty()) message += "; did you mean `" + std::string(closest) + "`?";
    return Error{ErrorKind::kUsage, std::move(message),
                 "commands: " + policy::ListWords(names) + "\nbailiff --help says more"};
}

// `help` and `help COMMAND`, as people type them who know other tools.
std::vector<const char*> WithoutHelpCommand(int argc, char** argv) {
    std::vector<const char*> words(argv, argv + argc);
    if (argc < 2 || std::string_view(argv[1]) != "help") return words;
    words.erase(words.begin() + 1);
    words.push_back("--help");
    return words;
}

// Takes away what is behind `--` where that is another command's, and returns it.
std::vector<std::string> CutOtherCommand(std::vector<const char*>* words) {
    const auto mark = std::ranges::find(*words, std::string_view("--"));
    const bool is_one = std::ranges::any_of(Commands(), [&](const Command& command) {
        return command.runs_another && words->size() > 1 &&
               (*words)[1] == std::string_view(command.name);
    });
    if (!is_one || mark == words->end()) return {};
    std::vector<std::string> other(mark + 1, words->end());
    words->erase(mark, words->end());
    return other;
}

// --help and --version arrive as parse errors too, with code 0.
int EndOfParsing(const CLI::App& app, const CLI::ParseError& error, bool json) {
    std::ostringstream out;
    std::ostringstream ignored;
    if (app.exit(error, out, ignored) == 0) {
        PrintData(out.str());
        return kOk;
    }
    return PrintError(UsageError(app, error), json);
}

int Parse(int given, char** arguments) {
    std::vector<const char*> words = WithoutHelpCommand(given, arguments);
    const std::vector<std::string> other = CutOtherCommand(&words);
    const int argc = static_cast<int>(words.size());
    const char* const* argv = words.data();
    CLI::App app(kAbout, "bailiff");
    app.footer(kFooter);
    app.set_version_flag("--version", std::string("bailiff ") + kVersion);
    app.require_subcommand(1);
    std::vector<std::pair<CLI::App*, Work>> declared;
    for (const Command& command : Commands()) {
        CLI::App* sub = app.add_subcommand(command.name, command.summary);
        declared.emplace_back(sub, command.declare(Arguments(sub, &other)));
    }
    bool json = AsksForJson(argc, argv);
    if (std::optional<Error> error = UnknownCommand(argc, argv)) return PrintError(*error, json);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return EndOfParsing(app, error, json);
    }
    for (auto& [sub, work] : declared) {
        if (sub->parsed()) return work();
    }
    return kUsage;
}

}  // namespace

int Guarded(bool json, const std::function<int()>& work) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return PrintError({ErrorKind::kInternal, "not enough memory", {}}, json);
    } catch (const std::exception& error) {
        return PrintError(
            {ErrorKind::kInternal, std::string("internal error: ") + error.what(), {}}, json);
    }
}

int Run(int argc, char** argv) {
    return FlushOutput(Guarded(AsksForJson(argc, argv), [&] { return Parse(argc, argv); }));
}

}  // namespace bailiff::cli
