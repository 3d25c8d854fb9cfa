// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/command.h"
#include "cli/diagnostics.h"
#include "cli/output.h"
#include "cli/policy_files.h"

namespace bailiff::cli {
namespace {

struct Options {
    std::vector<std::string> files;
    bool json = false;
};

int Check(const Options& options) {
    Result<Compiled> compiled = CompileFiles(options.files);
    if (!compiled) return PrintError(compiled.error(), options.json);
    if (!compiled->image) return PrintInvalid(*compiled, options.json);
    if (options.json) {
        PrintJson({{"valid", true}, {"diagnostics", DiagnosticsJson(*compiled)}});
    } else {
        PrintMessage(compiled->diagnostics.Render(compiled->sources));
    }
    return kOk;
}

}  // namespace

Work DeclareCheck(CLI::App* app) {
    auto options = std::make_shared<Options>();
    app->add_option("FILE", options->files, kFilesHelp)->required();
    app->add_flag("--json", options->json, "One JSON object on stdout");
    app->footer(
        "Every mistake of every file is told, with its line, a caret and what to do. Needs no\n"
        "privilege and no particular kernel.\n"
        "\n"
        "  bailiff check /etc/bailiff/*.yaml     before they are applied\n"
        "  bailiff check --json policies/        for editors and CI\n"
        "\n"
        "Exit codes: 0 all good, 2 a file cannot be read, 5 mistakes were found.");
    return [options] { return Check(*options); };
}

}  // namespace bailiff::cli
