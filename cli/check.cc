// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/command.h"
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

nlohmann::ordered_json ToJson(const Compiled& compiled) {
    auto list = nlohmann::ordered_json::array();
    for (const policy::Diagnostic& diagnostic : compiled.diagnostics.list()) {
        bool known = diagnostic.where.file < compiled.sources.size();
        bool error = diagnostic.severity == policy::Severity::kError;
        list.push_back({{"severity", error ? "error" : "warning"},
                        {"file", known ? compiled.sources[diagnostic.where.file].name : ""},
                        {"line", diagnostic.where.line},
                        {"column", diagnostic.where.column},
                        {"message", diagnostic.message},
                        {"hint", diagnostic.hint}});
    }
    return {{"valid", compiled.image.has_value()}, {"diagnostics", list}};
}

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

nlohmann::ordered_json ResolvedJson(const Compiled& compiled) {
    auto list = nlohmann::ordered_json::array();
    for (const policy::ResolvedPattern& pattern : compiled.resolved) {
        list.push_back({{"file", compiled.sources[pattern.where.file].name},
                        {"line", pattern.where.line},
                        {"column", pattern.where.column},
                        {"written", pattern.written},
                        {"resolved", pattern.resolved}});
    }
    return list;
}

int Check(const Options& options) {
    Result<Compiled> compiled =
        CompileFiles(options.files, LinksFor(options.resolve), Review::kYes);
    if (!compiled) return PrintError(compiled.error());
    if (options.json) {
        nlohmann::ordered_json json = ToJson(*compiled);
        if (options.resolve) json["resolved"] = ResolvedJson(*compiled);
        PrintJson(json);
    } else {
        PrintMessage(compiled->diagnostics.Render(compiled->sources));
        PrintData(ResolvedText(*compiled));
    }
    const bool good = compiled->image && (!options.strict || compiled->diagnostics.list().empty());
    return good ? kOk : kInvalid;
}

}  // namespace

Work DeclareCheck(CLI::App* app) {
    auto options = std::make_shared<Options>();
    app->add_option("FILE", options->files, "Policy files, directories of them, or - for stdin")
        ->required();
    app->add_flag("--resolve", options->resolve,
                  "Tell which paths go through symbolic links on this machine, and where to");
    app->add_flag("--strict", options->strict, "Take warnings for errors");
    app->add_flag("--json", options->json, "Report as JSON");
    return [options] { return Check(*options); };
}

}  // namespace bailiff::cli
