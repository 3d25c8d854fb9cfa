// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/command.h"
#include "cli/lockout.h"
#include "cli/output.h"
#include "enforce/apply.h"
#include "enforce/hooks.h"
#include "fmt/format.h"

namespace bailiff::cli {
namespace {

std::string ToText(const enforce::TakenAway& taken) {
    if (!taken.was_there) return taken.strays.empty() ? "Nothing was enforced.\n" : "";
    if (!taken.complete) {
        return "no longer enforcing: what was left of a deployment was removed; it was not "
               "whole.\n";
    }
    if (taken.generation == 0)
        return "Nothing was enforced; the leftovers of an apply were removed.\n";
    return fmt::format("no longer enforcing: generation {} removed, {} released.\n",
                       taken.generation, Count(taken.hooks, "hook"));
}

Json ToJson(const enforce::TakenAway& taken) {
    return {{"was_enforcing", taken.generation != 0},
            {"generation", taken.generation},
            {"complete", taken.complete || !taken.was_there}};
}

int Off(bool json) {
    Result<enforce::TakenAway> taken = enforce::TakeAway();
    if (!taken) {
        return PrintError(BlameWhatIsInForce(taken.error()).value_or(taken.error()), json);
    }
    if (!json) PrintData(ToText(*taken));
    if (!taken->strays.empty()) {
        return PrintError(enforce::OutOfSight(taken->strays), json, ToJson(*taken));
    }
    if (json) PrintJson(ToJson(*taken));
    return kOk;
}

}  // namespace

Work DeclareOff(Arguments arguments) {
    auto json = std::make_shared<bool>(false);
    arguments.Flag("--json", json.get(), "One JSON object on stdout");
    arguments.Footer(
        "No request is denied any more as soon as it returns; run as root. It is no mistake when\n"
        "nothing was enforced: it says so, and exits 0.\n"
        "\n"
        "Exit codes: 0 nothing is enforced now, 3 programs of bailiff are attached that no pin in\n"
        "sight accounts for, 4 no privilege.");
    return [json] { return Off(*json); };
}

}  // namespace bailiff::cli
