// SPDX-License-Identifier: Apache-2.0
#include "enforce/verify.h"

#include <memory>

#include "base/symlink.h"
#include "cli/command.h"
#include "cli/lockout.h"
#include "cli/output.h"
#include "cli/proof_text.h"
#include "doctor/requirements.h"
#include "enforce/probe.h"
#include "enforce/state.h"
#include "fmt/format.h"
#include "policy/resolve_links.h"
#include "policy/utf8.h"

namespace bailiff::cli {
namespace {

using Stale = std::vector<policy::StaleLink>;

// "keys, rule 1   keys.yaml:4": whose text goes through the link.
std::string OwnerOf(const policy::LinkRecord& link) {
    if (link.rule == 0) return link.policy + ", applies-to";
    return fmt::format("{}, rule {}   {}", link.policy, link.rule, link.at);
}

std::string StaleText(const Stale& stale) {
    std::string text;
    for (const policy::StaleLink& old : stale) {
        text += policy::EscapeText(fmt::format("stale   {}   {} led to {}, and leads now {}",
                                               OwnerOf(old.link), old.link.spelling,
                                               old.link.target, old.now)) +
                "\n";
    }
    if (stale.empty()) return text;
    return text +
           "Symbolic links that rules name lead elsewhere than when they were applied: run "
           "`bailiff "
           "apply` again.\n";
}

Json StaleJson(const Stale& stale) {
    auto list = Json::array();
    for (const policy::StaleLink& old : stale) {
        list.push_back({{"policy", old.link.policy},
                        {"rule", old.link.rule},
                        {"at", old.link.at},
                        {"link", old.link.spelling},
                        {"led_to", old.link.target},
                        {"now", old.now}});
    }
    return list;
}

// `able`: has the kernel what it takes? As far as that can be seen.
Json ToJson(const enforce::Verification& verified, const Stale& stale, const Status& able) {
    return {{"generation", verified.generation},
            {"proved", verified.complete()},
            {"intact", verified.intact},
            {"proof", ProofJson(verified.proof)},
            {"stale_links", StaleJson(stale)},
            {"kernel_lacks", able ? Json() : ErrorJson(able.error())}};
}

std::string ToText(const enforce::Verification& verified) {
    auto rows = ProofRows(verified.proof);
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
    if (!verified) {
        return PrintError(BlameWhatIsInForce(verified.error()).value_or(verified.error()), json);
    }
    Stale stale;
    if (*verified) stale = policy::FindStaleLinks((*verified)->links, LookAtLink);
    bool complete = *verified && (*verified)->complete();
    Status able = complete ? Status() : doctor::HardRequirements(enforce::Probe());
    if (!able) able = std::unexpected(BlameWhatIsInForce(able.error()).value_or(able.error()));
    if (json) {
        PrintJson(ToJson(verified->value_or(enforce::Verification{}), stale, able));
    } else if (*verified) {
        PrintData(ToText(**verified) + StaleText(stale));
    } else {
        PrintMessage("Nothing is enforced, so there is nothing to verify.\n");
    }
    if (!json && !able) PrintError(able.error(), false);
    if (complete) return stale.empty() ? kOk : kNo;
    return *verified ? kKernelLacks : kNo;
}

}  // namespace

Work DeclareVerify(Arguments arguments) {
    auto json = std::make_shared<bool>(false);
    arguments.Flag("--json", json.get(), "One JSON object on stdout");
    arguments.Footer(
        "One harmless call at each hook, which the programs answer with an errno that nothing "
        "else\n"
        "gives: the kernel asked them, obeyed them, and they decide by the image in force, whose\n"
        "bytes are what they were. Run as root.\n"
        "\n"
        "Exit codes: 0 enforced, 1 nothing is, or a symbolic link that a rule names changed,\n"
        "3 cannot tell, 4 no privilege, 6 the kernel did not ask or did not obey.");
    return [json] { return Verify(*json); };
}

}  // namespace bailiff::cli
