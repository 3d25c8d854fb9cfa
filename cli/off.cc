// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/command.h"
#include "cli/output.h"
#include "enforce/apply.h"
#include "enforce/hooks.h"
#include "fmt/format.h"

namespace bailiff::cli {
namespace {

std::string ToText(const enforce::TakenAway& taken) {
    if (!taken.was_there) return "Nothing was enforced.\n";
    if (!taken.complete) {
        return "no longer enforcing: what was left of a deployment was removed; it was not "
               "whole.\n";
    }
    if (taken.generation == 0)
        return "Nothing was enforced; the leftovers of an apply were removed.\n";
    return fmt::format("no longer enforcing: generation {} removed, {} released.\n",
                       taken.generation, Count(enforce::kHooks.size(), "hook"));
}

int Off(bool json) {
    Result<enforce::TakenAway> taken = enforce::TakeAway();
    if (!taken) return PrintError(taken.error());
    if (json) {
        PrintJson({{"was_enforcing", taken->generation != 0},
                   {"generation", taken->generation},
                   {"complete", taken->complete}});
    } else {
        PrintData(ToText(*taken));
    }
    return kOk;
}

}  // namespace

Work DeclareOff(CLI::App* app) {
    auto json = std::make_shared<bool>(false);
    app->add_flag("--json", *json, "Report as JSON");
    return [json] { return Off(*json); };
}

}  // namespace bailiff::cli
