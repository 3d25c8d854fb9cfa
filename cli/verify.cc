// SPDX-License-Identifier: Apache-2.0
#include "enforce/verify.h"

#include <memory>

#include "cli/command.h"
#include "cli/output.h"
#include "doctor/requirements.h"
#include "enforce/probe.h"
#include "enforce/state.h"
#include "fmt/format.h"

namespace bailiff::cli {
namespace {

nlohmann::ordered_json ToJson(const enforce::Verification& verified) {
    auto hooks = nlohmann::ordered_json::array();
    for (const enforce::HookProof& proof : verified.proof.hooks) {
        hooks.push_back({{"hook", proof.hook}, {"proved", proof.proved}, {"found", proof.found}});
    }
    return {{"generation", verified.generation},
            {"proved", verified.complete()},
            {"intact", verified.intact},
            {"proof", hooks}};
}

std::string ToText(const enforce::Verification& verified) {
    std::vector<std::vector<std::string>> rows;
    for (const enforce::HookProof& proof : verified.proof.hooks) {
        std::string word =
            proof.proved ? Toned(Tone::kGood, "proved") : Toned(Tone::kBad, "NOT   ");
        rows.push_back({word, proof.hook, proof.found});
    }
    if (!verified.intact)
        rows.push_back({Toned(Tone::kBad, "NOT   "), "image", "its bytes changed"});
    if (verified.complete()) {
        return Table(rows) + fmt::format("generation {} is enforced.\n", verified.generation);
    }
    return Table(rows) + fmt::format("generation {} is NOT enforced, although it is published.\n",
                                     verified.generation);
}

// What the kernel lacks, if that can be seen.
void TellWhatIsMissing() {
    Status able = doctor::HardRequirements(enforce::Probe());
    if (!able) PrintError(able.error());
}

int Verify(bool json) {
    Result<std::optional<enforce::Verification>> verified = enforce::Verify();
    if (!verified) return PrintError(verified.error());
    if (!*verified) {
        PrintMessage("Nothing is enforced, so there is nothing to verify.\n");
        TellWhatIsMissing();
        return kNo;
    }
    if (json) {
        PrintJson(ToJson(**verified));
    } else {
        PrintData(ToText(**verified));
    }
    if ((*verified)->complete()) return kOk;
    TellWhatIsMissing();
    return kKernelLacks;
}

}  // namespace

Work DeclareVerify(CLI::App* app) {
    auto json = std::make_shared<bool>(false);
    app->add_flag("--json", *json, "Report as JSON");
    app->footer("Exit codes: 0 enforced, 1 nothing is, 6 the kernel did not ask or did not obey.");
    return [json] { return Verify(*json); };
}

}  // namespace bailiff::cli
