// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/policy_files.h"

namespace bailiff::cli {
namespace {

struct Options {
    std::vector<std::string> files;
    bool json = false;
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

int Check(const Options& options) {
    Result<Compiled> compiled = CompileFiles(options.files);
    if (!compiled) return PrintError(compiled.error());
    if (options.json) {
        PrintJson(ToJson(*compiled));
    } else {
        PrintMessage(compiled->diagnostics.Render(compiled->sources));
    }
    return compiled->image ? kOk : kInvalid;
}

}  // namespace

Work DeclareCheck(CLI::App* app) {
    auto options = std::make_shared<Options>();
    app->add_option("FILE", options->files, "Policy files, directories of them, or - for stdin")
        ->required();
    app->add_flag("--json", options->json, "Report as JSON");
    return [options] { return Check(*options); };
}

}  // namespace bailiff::cli
