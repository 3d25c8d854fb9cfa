// SPDX-License-Identifier: Apache-2.0
#include "enforce/apply.h"

#include <memory>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/policy_files.h"
#include "cli/tag_files.h"
#include "doctor/requirements.h"
#include "enforce/probe.h"
#include "fmt/format.h"

namespace bailiff::cli {
namespace {

struct Options {
    std::vector<std::string> files;
    bool as_written = false;
    bool json = false;
};

nlohmann::ordered_json ToJson(const enforce::Applied& applied, const policy::Image& image) {
    auto hooks = nlohmann::ordered_json::array();
    for (const enforce::HookProof& proof : applied.proof.hooks) {
        hooks.push_back({{"hook", proof.hook}, {"proved", proof.proved}, {"found", proof.found}});
    }
    return {{"generation", applied.generation},
            {"digest", "sha256:" + policy::ToHex(image.view().stored_digest())},
            {"replaced", applied.replaced},
            {"policies", image.view().index().policy_count},
            {"rules", image.view().index().rule_count},
            {"proof", hooks}};
}

std::string ToText(const enforce::Applied& applied, const policy::Image& image) {
    std::vector<std::vector<std::string>> rows;
    for (const enforce::HookProof& proof : applied.proof.hooks) {
        rows.push_back({Toned(Tone::kGood, "proved"), proof.hook, proof.found});
    }
    const policy::ImageView view = image.view();
    const blf_index& index = view.index();
    return Table(rows) +
           fmt::format(
               "enforcing generation {}: {}, {}, {}. It stays until `bailiff off` or a "
               "reboot.\n",
               applied.generation, Count(index.policy_count, "policy"),
               Count(index.rule_count, "rule"), Count(rows.size(), "hook"));
}

Result<enforce::Applied> TagAndApply(Compiled* compiled, const Options& options) {
    auto files = TRY(TagFiles(compiled, LinksFor(!options.as_written)));
    PrintMessage(OtherNames(files));
    return enforce::Apply(*compiled->image);
}

// In this order, so that a mistake in a policy is told on any machine, to anybody.
int Apply(const Options& options) {
    Result<Compiled> compiled = CompileFiles(options.files, LinksFor(!options.as_written));
    if (!compiled) return PrintError(compiled.error());
    PrintMessage(compiled->diagnostics.Render(compiled->sources));
    if (!compiled->image) {
        PrintMessage("Nothing was applied.\n");
        return kInvalid;
    }
    Status able = doctor::HardRequirements(enforce::Probe());
    Result<enforce::Applied> applied =
        able ? TagAndApply(&*compiled, options) : std::unexpected(able.error());
    if (!applied) {
        int code = PrintError(applied.error());
        PrintMessage("Nothing was applied; what was in force before stays in force.\n");
        return code;
    }
    if (options.json) {
        PrintJson(ToJson(*applied, *compiled->image));
    } else {
        PrintData(ToText(*applied, *compiled->image));
    }
    return kOk;
}

}  // namespace

Work DeclareApply(CLI::App* app) {
    auto options = std::make_shared<Options>();
    app->add_option("FILE", options->files, "Policy files, directories of them, or - for stdin")
        ->required();
    app->add_flag("--no-resolve", options->as_written,
                  "Take paths as they are written, without following symbolic links in them");
    app->add_flag("--json", options->json, "Report as JSON");
    app->footer(
        "What the files say replaces what was in force before, as a whole and in one step.\n"
        "Nothing is reported as enforced that the kernel was not seen to ask and to obey.");
    return [options] { return Apply(*options); };
}

}  // namespace bailiff::cli
