// SPDX-License-Identifier: Apache-2.0
#include "enforce/apply.h"

#include <malloc.h>

#include <memory>

#include "cli/attached_json.h"
#include "cli/command.h"
#include "cli/diagnostics.h"
#include "cli/lockout.h"
#include "cli/output.h"
#include "cli/policy_files.h"
#include "cli/proof_text.h"
#include "cli/tag_files.h"
#include "doctor/requirements.h"
#include "enforce/probe.h"
#include "fmt/format.h"

namespace bailiff::cli {
namespace {

struct Options {
    std::vector<std::string> files;
    bool as_written = false;
    bool allow_lockout = false;
    bool json = false;
};

using Files = std::vector<enforce::IdentifiedFile>;

Json ToJson(const enforce::Applied& applied, const Compiled& compiled, const Files& tagged) {
    const policy::ImageView image = compiled.image->view();
    return {{"generation", applied.generation},
            {"digest", "sha256:" + policy::ToHex(image.stored_digest())},
            {"replaced", applied.replaced},
            {"policies", image.index().policy_count},
            {"rules", image.index().rule_count},
            {"proof", ProofJson(applied.proof)},
            {"also_attached", AttachedJson(applied.strays)},
            {"more_names", OtherNamesJson(tagged)},
            {"diagnostics", DiagnosticsJson(compiled)}};
}

std::string ToText(const enforce::Applied& applied, const policy::Image& image) {
    const auto rows = ProofRows(applied.proof);
    const policy::ImageView view = image.view();
    const blf_index& index = view.index();
    return Table(rows) +
           fmt::format(
               "enforcing generation {}: {}, {}, {}. It stays until `bailiff off` or a "
               "reboot.\n",
               applied.generation, Count(index.policy_count, "policy"),
               Count(index.rule_count, "rule"), Count(rows.size(), "hook"));
}

// `lockout`: of the policy itself. What is in force is to blame first: it was asked before.
Result<enforce::Applied> Enforce(Compiled* compiled, const Options& options,
                                 const std::optional<Lockout>& lockout, Files* tagged) {
    const enforce::KernelFacts kernel = enforce::Probe();
    TRY_STATUS(doctor::HardRequirements(kernel));
    *tagged = TRY(TagFiles(compiled, LinksFor(!options.as_written)));
    if (!options.json) PrintMessage(OtherNames(*tagged));
    // What compiling took, before the kernel is asked for as much as the image takes.
    malloc_trim(0);
    Result<enforce::Applied> applied = enforce::Apply(*compiled->image, *kernel.btf->types);
    if (applied || !lockout || BlameWhatIsInForce(applied.error())) return applied;
    return std::unexpected(BlameLockout(std::move(applied).error(), *lockout));
}

// Whether it locks out is asked before anything of the kernel is needed: tags add no paths.
Result<enforce::Applied> EnforceUnlessItLocksOut(Compiled* compiled, const Options& options,
                                                 Files* tagged) {
    std::optional<Lockout> lockout = FindLockout(compiled->image->view(), AllNeeds());
    if (lockout && !options.allow_lockout) return std::unexpected(LockoutError(*lockout));
    Result<enforce::Applied> applied = Enforce(compiled, options, lockout, tagged);
    if (applied) return applied;
    Error error = std::move(applied).error();
    return std::unexpected(BlameWhatIsInForce(error).value_or(error));
}

// In this order, so that a mistake in a policy is told on any machine, to anybody.
int Apply(const Options& options) {
    Result<Compiled> compiled = CompileFiles(options.files, LinksFor(!options.as_written));
    if (!compiled) return PrintError(compiled.error(), options.json);
    if (!compiled->image) return PrintInvalid(*compiled, options.json, "Nothing was applied.\n");
    if (!options.json)
        PrintMessage(compiled->diagnostics.Render(compiled->sources, DiagnosticColours()));
    Files tagged;
    Result<enforce::Applied> applied = EnforceUnlessItLocksOut(&*compiled, options, &tagged);
    if (!applied) {
        int code = PrintError(applied.error(), options.json,
                              {{"diagnostics", DiagnosticsJson(*compiled)}});
        if (!options.json && applied.error().kind != ErrorKind::kHalfDone) {
            PrintMessage("Nothing was applied; what was in force before stays in force.\n");
        }
        return code;
    }
    if (options.json) {
        PrintJson(ToJson(*applied, *compiled, tagged));
    } else {
        PrintData(ToText(*applied, *compiled->image));
        if (!applied->strays.empty()) PrintError(enforce::OutOfSight(applied->strays), false);
    }
    return kOk;
}

}  // namespace

Work DeclareApply(Arguments arguments) {
    auto options = std::make_shared<Options>();
    arguments.Values("FILE", &options->files, kFilesHelp, Arguments::kRequired);
    arguments.Flag("--no-resolve", &options->as_written,
                   "Take paths as written, without following symbolic links");
    arguments.Flag("--allow-lockout", &options->allow_lockout,
                   "Also a policy that denies root what bailiff itself needs");
    arguments.Flag("--json", &options->json, "One JSON object on stdout");
    arguments.Footer(
        "What the files say replaces what was in force before, as a whole and in one step. "
        "Nothing\n"
        "is reported as enforced that the kernel was not seen to ask and to obey. Run as root; it\n"
        "exits, and enforcement stays until `bailiff off` or a reboot.\n"
        "\n"
        "  sudo bailiff apply keep-secret.yaml\n"
        "  sudo bailiff apply /etc/bailiff/policies\n"
        "\n"
        "Exit codes: 0 enforced and proved; otherwise nothing changed: 2 a file cannot be read,\n"
        "3 programs of bailiff are attached whose pins are out of sight, 4 no privilege,\n"
        "5 policy invalid or it would lock you out, 6 the kernel lacks something or did not obey;\n"
        "or it is half done, and the message says what is in force: 70.");
    return [options] { return Apply(*options); };
}

}  // namespace bailiff::cli
