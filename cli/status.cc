// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <sstream>

#include "cli/attached_json.h"
#include "cli/command.h"
#include "cli/lockout.h"
#include "cli/output.h"
#include "cli/verdict_text.h"
#include "enforce/run.h"
#include "enforce/state.h"
#include "fmt/format.h"
#include "policy/words.h"

namespace bailiff::cli {
namespace {

struct Options {
    bool rules = false;
    bool json = false;
};

Json PolicyJson(const policy::ImageView& image, uint32_t number) {
    blf_policy policy = image.policy(number);
    blf_tally tally = image.policy_tally(number);
    return {{"name", image.text(policy.name)},
            {"description", image.text(policy.description)},
            {"mode", policy.mode == BLF_MODE_AUDIT ? "audit" : "enforce"},
            {"rules", policy.rules},
            {"denied", tally.denied},
            {"would_deny", tally.would_deny},
            {"undecidable", tally.undecidable}};
}

Json PoliciesJson(const policy::ImageView& image) {
    Json policies = Json::array();
    for (uint32_t i = 0; i < image.index().policy_count; i++) {
        policies.push_back(PolicyJson(image, i));
    }
    return policies;
}

Json DeciderJson(const enforce::HookState& hook) {
    if (hook.decider_link_id == 0) return {};
    return {{"program_id", hook.decider_program_id}, {"link_id", hook.decider_link_id}};
}

Json HookJson(const enforce::HookState& hook) {
    return {{"hook", hook.hook},
            {"program_id", hook.program_id},
            {"link_id", hook.link_id},
            {"attach_type", hook.attach_type},
            {"target_btf_id", hook.target_btf_id},
            {"target", hook.target},
            {"decider", DeciderJson(hook)},
            {"programs_on_hook", hook.programs_here},
            {"others_on_hook", hook.others_here}};
}

Json ReasonsJson(const policy::ImageView& image) {
    Json reasons = Json::object();
    for (uint32_t reason = BLF_REASON_NOT_SEEN; reason < BLF_REASON_COUNT; reason++) {
        reasons[std::string(policy::ReasonWord(reason))] = image.reason_count(reason);
    }
    return reasons;
}

Json ToJson(const enforce::State& state) {
    policy::ImageView image = state.image.view();
    Json json = {{"enforcing", state.generation() != 0},
                 {"generation", state.generation()},
                 {"digest", "sha256:" + policy::ToHex(image.stored_digest())},
                 {"applied_at", state.applied_at},
                 {"proved_at", state.proved_at},
                 {"policies", PoliciesJson(image)},
                 {"rules", Json::array()},
                 {"undecidable", ReasonsJson(image)},
                 {"remembers", state.remembers},
                 {"hooks", Json::array()},
                 {"also_attached", AttachedJson(state.strays)}};
    for (uint32_t i = 0; i < image.index().rule_count; i++) {
        json["rules"].push_back(CountedRuleJson(image, i));
    }
    for (const enforce::HookState& hook : state.hooks) json["hooks"].push_back(HookJson(hook));
    return json;
}

std::vector<std::string> PolicyRow(const policy::ImageView& image, uint32_t number) {
    Json policy = PolicyJson(image, number);
    return {policy["name"],
            policy["mode"],
            policy["rules"].dump(),
            policy["denied"].dump(),
            policy["would_deny"].dump(),
            policy["undecidable"].dump()};
}

std::string PolicyTable(const policy::ImageView& image) {
    std::vector<std::vector<std::string>> rows = {
        {"policy", "mode", "rules", "denied", "would deny", "undecidable"}};
    for (uint32_t i = 0; i < image.index().policy_count; i++) rows.push_back(PolicyRow(image, i));
    return Table(rows);
}

// Rules that were hit, or all; nothing when there are none.
std::string RuleTable(const policy::ImageView& image, bool all) {
    std::vector<std::vector<std::string>> rows = {{"rule", "at", "denied", "would deny"}};
    for (uint32_t i = 0; i < image.index().rule_count; i++) {
        blf_tally tally = image.rule_tally(i);
        if (!all && tally.denied == 0 && tally.would_deny == 0) continue;
        Json rule = RuleJson(image, i);
        rows.push_back(
            {fmt::format("{}, {}", std::string(rule["policy"]), policy::RuleLabel(image.rule(i))),
             rule["at"], std::to_string(tally.denied), std::to_string(tally.would_deny)});
    }
    return rows.size() > 1 ? Table(rows) : std::string();
}

std::string HookTable(const enforce::State& state) {
    std::vector<std::vector<std::string>> rows = {{"hook", "program", "link", "decider",
                                                   "attach type", "BTF target",
                                                   "other programs there"}};
    for (const enforce::HookState& hook : state.hooks) {
        const std::string decider =
            fmt::format("{} (link {})", hook.decider_program_id, hook.decider_link_id);
        rows.push_back({hook.hook, std::to_string(hook.program_id), std::to_string(hook.link_id),
                        hook.decider_link_id == 0 ? "-" : decider, hook.attach_type,
                        fmt::format("{} {}", hook.target_btf_id, hook.target),
                        std::to_string(hook.others_here)});
    }
    return Table(rows);
}

// What was undecidable is shown as soon as there was any, each reason by itself.
std::string ReasonLines(const policy::ImageView& image) {
    std::string text;
    for (uint32_t reason = BLF_REASON_NOT_SEEN; reason < BLF_REASON_COUNT; reason++) {
        uint64_t count = image.reason_count(reason);
        if (count == 0) continue;
        text += fmt::format("undecidable   {}  {} ({})\n", count, policy::ReasonWord(reason),
                            policy::ReasonMeaning(reason));
    }
    return text;
}

std::string SpeedLine(const enforce::State& state) {
    if (state.remembers) return {};
    return "slow          every path is walked at each request: the kernel hid its symbols when "
           "the\n"
           "              programs were loaded (`bailiff doctor`, kernel symbols)\n";
}

std::string StrayLines(const enforce::State& state) {
    if (state.strays.empty()) return {};
    Error error = enforce::OutOfSight(state.strays);
    std::vector<std::vector<std::string>> rows = {{"besides", std::move(error.message)}};
    std::istringstream remedies(error.remedy);
    for (std::string line; std::getline(remedies, line);) rows.push_back({"", line});
    return Table(rows);
}

std::string ToText(const enforce::State& state, bool rules) {
    policy::ImageView image = state.image.view();
    std::string digest = policy::ToHex(image.stored_digest()).substr(0, 12);
    return fmt::format("{}   generation {} (sha256:{}...), since {}, last proved {}\n",
                       Toned(Tone::kGood, "enforcing"), state.generation(), digest,
                       ClockTime(state.applied_at), ClockTime(state.proved_at)) +
           PolicyTable(image) + RuleTable(image, rules) + ReasonLines(image) + SpeedLine(state) +
           HookTable(state) + StrayLines(state);
}

using Runs = std::vector<enforce::RunState>;

std::string RunTable(const Runs& runs) {
    std::vector<std::vector<std::string>> rows = {
        {"run", "policy", "mode", "rules", "denied", "would deny", "undecidable"}};
    for (const enforce::RunState& run : runs) {
        if (!run.image) rows.push_back({run.name, "(" + run.image.error().message + ")"});
        const uint32_t count = run.image ? run.image->view().index().policy_count : 0;
        for (uint32_t i = 0; i < count; i++) {
            std::vector<std::string> row = PolicyRow(run.image->view(), i);
            row.insert(row.begin(), run.name);
            rows.push_back(std::move(row));
        }
    }
    return rows.size() > 1 ? Table(rows) : std::string();
}

Json RunsJson(const Runs& runs) {
    Json list = Json::array();
    for (const enforce::RunState& run : runs) {
        Json json = {{"run", run.name},
                     {"policies", run.image ? PoliciesJson(run.image->view()) : Json::array()}};
        if (!run.image) json["error"] = ErrorJson(run.image.error());
        list.push_back(std::move(json));
    }
    return list;
}

constexpr const char* kInterrupted =
    ": an `apply` was interrupted before it put its policy in force.\n"
    "  Apply again, or `bailiff off` removes what it left.\n";

int Status(const Options& options) {
    Result<std::optional<enforce::State>> state = enforce::ReadState();
    if (!state) {
        Error error = std::move(state).error();
        if (error.kind != ErrorKind::kNoPrivilege) error.kind = ErrorKind::kUnknown;
        return PrintError(BlameWhatIsInForce(error).value_or(error), options.json);
    }
    const Result<Runs> runs = enforce::ListRuns();
    if (!runs) return PrintError(runs.error(), options.json);
    bool enforcing = *state && (*state)->generation() != 0;
    if (options.json) {
        Json json = *state ? ToJson(**state) : Json{{"enforcing", false}};
        json["runs"] = RunsJson(*runs);
        PrintJson(json);
    } else if (enforcing) {
        PrintData(ToText(**state, options.rules) + RunTable(*runs));
    } else {
        PrintData(Toned(Tone::kBad, "not enforcing") +
                  (*state ? kInterrupted : ": no policy is applied.\n") + RunTable(*runs));
    }
    return enforcing ? kOk : kNo;
}

}  // namespace

Work DeclareStatus(Arguments arguments) {
    auto options = std::make_shared<Options>();
    arguments.Flag("--rules", &options->rules, "Every rule, not only those that were hit");
    arguments.Flag("--json", &options->json, "One JSON object on stdout, with every rule");
    arguments.Footer(
        "Read from the kernel: policies with what they denied since they were applied, rules that\n"
        "were hit, what was undecidable, and the hooks with what bpftool shows of them; then what\n"
        "`bailiff run` has put single commands under. Whether the kernel still obeys is what\n"
        "`bailiff verify` proves. Run as root.\n"
        "\n"
        "Exit codes: 0 enforcing, 1 not, 3 cannot tell, 4 no privilege.");
    return [options] { return Status(*options); };
}

}  // namespace bailiff::cli
