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

// `able`: has the kernel what it takes? As far as that can be seen.
Json ToJson(const enforce::Verification& verified, const Status& able) {
    Json hooks = Json::array();
    for (const enforce::HookProof& proof : verified.proof.hooks) {
        hooks.push_back({{"hook", proof.hook}, {"proved", proof.proved}, {"found", proof.found}});
    }
    return {{"generation", verified.generation},
            {"proved", verified.complete()},
            {"intact", verified.intact},
            {"proof", hooks},
            {"kernel_lacks", able ? Json() : ErrorJson(able.error())}};
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

int Verify(bool json) {
    Result<std::optional<enforce::Verification>> verified = enforce::Verify();
    if (!verified) return PrintError(verified.error(), json);
    bool complete = *verified && (*verified)->complete();
    Status able = complete ? Status() : doctor::HardRequirements(enforce::Probe());
    if (json) {
        PrintJson(ToJson(verified->value_or(enforce::Verification{}), able));
    } else if (*verified) {
        PrintData(ToText(**verified));
    } else {
        PrintMessage("Nothing is enforced, so there is nothing to verify.\n");
    }
    if (!json && !able) PrintError(able.error(), false);
    if (complete) return kOk;
    return *verified ? kKernelLacks : kNo;
}

}  // namespace

Work DeclareVerify(CLI::App* app) {
    auto json = std::make_shared<bool>(false);
    app->add_flag("--json", *json, "One JSON object on stdout");
    app->footer(
        "One harmless call at each hook, which the programs answer with an errno that nothing "
        "else\n"
        "gives: the kernel asked them, obeyed them, and they decide by the image in force, whose\n"
        "bytes are what they were. Run as root.\n"
        "\n"
        "Exit codes: 0 enforced, 1 nothing is, 3 cannot tell, 4 no privilege, 6 the kernel did "
        "not\n"
        "ask or did not obey.");
    return [json] { return Verify(*json); };
}

}  // namespace bailiff::cli
