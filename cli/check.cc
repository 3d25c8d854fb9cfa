// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/command.h"
#include "cli/diagnostics.h"
#include "cli/output.h"
#include "cli/policy_files.h"
#include "fmt/format.h"
#include "policy/utf8.h"

namespace bailiff::cli {
namespace {

struct Options {
    std::vector<std::string> files;
    bool resolve = false;
    bool json = false;
    bool strict = false;
};

// "p.yaml:4:11: /bin/x is /usr/bin/x here", a line for each pattern through links.
std::string ResolvedText(const Compiled& compiled) {
    std::string text;
    for (const policy::ResolvedPattern& pattern : compiled.resolved) {
        text += policy::EscapeText(fmt::format(
                    "{}:{}:{}: {} is {} here", compiled.sources[pattern.where.file].name,
                    pattern.where.line, pattern.where.column, pattern.written, pattern.resolved)) +
                "\n";
    }
    return text;
}

Json ResolvedJson(const Compiled& compiled) {
    auto list = Json::array();
    for (const policy::ResolvedPattern& pattern : compiled.resolved) {
        list.push_back({{"file", compiled.sources[pattern.where.file].name},
                        {"line", pattern.where.line},
                        {"column", pattern.where.column},
                        {"written", pattern.written},
                        {"resolved", pattern.resolved}});
    }
    return list;
}

// Mistakes in the other files are told all the same.
int TellUnread(FilesRead read, const Compiled& others, bool json) {
    Telling told(json);
    told.Tell(others.diagnostics, others.sources);
    const Error error = Whole(std::move(read)).error();
    return PrintError(error, json, {{"valid", false}, {"diagnostics", told.list()}});
}

int Check(const Options& options) {
    FilesRead read = ReadSources(options.files);
    policy::CompileLimits limits;
    limits.review = policy::kReviewWork;
    const Compiled compiled =
        CompileSources(std::move(read.sources), LinksFor(options.resolve), limits);
    if (!read.failures.empty()) return TellUnread(std::move(read), compiled, options.json);
    const bool good = compiled.image && (!options.strict || compiled.diagnostics.list().empty());
    Json resolved = Json::object();
    if (options.resolve) resolved["resolved"] = ResolvedJson(compiled);
    if (options.json && !good) return PrintInvalid(compiled, true, {}, resolved);
    if (options.json) {
        Json json = {{"valid", true}, {"diagnostics", DiagnosticsJson(compiled)}};
        json.update(resolved);
        PrintJson(json);
    } else {
        PrintMessage(compiled.diagnostics.Render(compiled.sources, DiagnosticColours()));
        PrintData(ResolvedText(compiled));
    }
    return good ? kOk : kInvalid;
}

}  // namespace

Work DeclareCheck(Arguments arguments) {
    auto options = std::make_shared<Options>();
    arguments.Values("FILE", &options->files, kFilesHelp, Arguments::kRequired);
    arguments.Flag("--resolve", &options->resolve,
                   "Tell which paths go through symbolic links here, and where to");
    arguments.Flag("--strict", &options->strict, "Take warnings for errors");
    arguments.Flag("--json", &options->json, "One JSON object on stdout");
    arguments.Footer(
        "Every mistake of every file is told, with its line, a caret and what to do, and warnings\n"
        "of rules and exceptions that change nothing. Needs no privilege and no particular "
        "kernel.\n"
        "\n"
        "  bailiff check /etc/bailiff/*.yaml     before they are applied\n"
        "  bailiff check --json policies/        for editors and CI\n"
        "\n"
        "Exit codes: 0 all good, 2 a file cannot be read, whatever is wrong with others, 5 "
        "mistakes "
        "were\nfound.");
    return [options] { return Check(*options); };
}

}  // namespace bailiff::cli
