// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <random>

#include "cli/command.h"
#include "cli/diagnostics.h"
#include "cli/output.h"
#include "cli/policy_files.h"
#include "cli/verdict_text.h"
#include "fmt/format.h"
#include "policy/compare.h"
#include "policy/compile.h"
#include "policy/read_policy.h"
#include "policy/request_space.h"
#include "policy/utf8.h"
#include "policy/words.h"

namespace bailiff::cli {
namespace {

struct Options {
    std::string before;
    std::string after;
    uint64_t samples = 10'000;
    std::optional<uint64_t> seed;
    bool json = false;
};

// The model is kept: it has the patterns, which the image has not.
struct Side {
    std::vector<policy::Policy> policies;
    std::optional<policy::Image> image;
};

Result<Side> ReadSide(const std::string& argument, Telling* told) {
    policy::Sources sources = TRY(Whole(ReadSources({argument})));
    policy::Diagnostics diagnostics;
    Side side;
    side.policies = policy::ReadPolicies(sources, HostAccounts(), &diagnostics);
    if (!diagnostics.has_errors()) {
        side.image = policy::Compile(side.policies, sources, &diagnostics);
    }
    told->Tell(diagnostics, sources);
    return side;
}

struct Outcome {
    const policy::RequestSpace& space;
    uint64_t samples;
    uint64_t seed;
    std::vector<policy::Difference> differences;
};

struct Names {
    std::string policy;
    uint32_t rule;
    std::string at;
};

Names NamesOf(const policy::ImageView& image, uint32_t number) {
    const blf_rule rule = image.rule(number);
    return {image.text(image.policy(rule.policy).name), rule.number,
            fmt::format("{}:{}", image.text(rule.file), rule.line)};
}

// What both images say to the example.
std::string VerdictText(const policy::Decision& decision) {
    if (decision.error != 0) {
        return fmt::format("deny ({})", policy::ErrnoWord(static_cast<int>(decision.error)));
    }
    return decision.audit_rule == BLF_NONE ? "allow" : "audit";
}

std::string DifferenceText(const policy::Difference& difference, const policy::ImageView& image) {
    std::string by = "   undecidable";
    if (difference.rule != BLF_NONE) {
        by = "   " + RuleText(image, difference.rule);
    }
    const policy::RequestSampler::Sample& example = difference.example;
    const Tone tone = difference.change == policy::Change::kNowDenied    ? Tone::kBad
                      : difference.change == policy::Change::kNowAllowed ? Tone::kGood
                                                                         : Tone::kDoubtful;
    return fmt::format(
        "{}{}\n  {} enumerated and {} random requests, such as\n  {}{}{}, {}: {}, was {}\n",
        Toned(tone, policy::ChangeWord(difference.change)), policy::EscapeText(by),
        difference.enumerated, difference.sampled, policy::OperationWords()[example.operation],
        example.object.empty() ? "" : " ", policy::EscapeText(example.object),
        policy::EscapeText(policy::AskerText(example.who)), VerdictText(difference.after),
        VerdictText(difference.before));
}

bool IsOnSocket(const policy::RequestSampler::Sample& sample) {
    return policy::IsOnSocket(policy::AskOf(sample.operation));
}

std::string TriedText(const Outcome& outcome) {
    const policy::RequestSpace& space = outcome.space;
    std::string text = fmt::format(
        "tried {} (all of {}, {}, {}, {}, {}, {}) and {} (--seed {})\n",
        Count(policy::SizeOf(space), "enumerated request"), Count(space.paths.size(), "path"),
        Count(space.addresses.size(), "address"), Count(space.exes.size(), "executable"),
        Count(space.uids.size(), "user"), Count(space.circumstances.size(), "circumstance"),
        Count(BLF_OPERATION_COUNT, "operation"), Count(outcome.samples, "random one"),
        outcome.seed);
    if (space.left_out != 0) {
        text += fmt::format("left out {}: too many paths\n", Count(space.left_out, "pattern"));
    }
    if (space.circumstances_left_out != 0) {
        text += fmt::format("left out {}: too many requests\n",
                            Count(space.circumstances_left_out, "circumstance"));
    }
    return text;
}

std::string ToText(const Outcome& outcome, const policy::ImageView& before,
                   const policy::ImageView& after) {
    std::string text;
    for (const policy::Difference& difference : outcome.differences) {
        text +=
            DifferenceText(difference, policy::RuleIsOfFirst(difference.change) ? before : after);
    }
    text += TriedText(outcome);
    return text +
           (outcome.differences.empty()
                ? "No difference was found. That is no proof: what was not tried may differ.\n"
                : "What was not tried may differ too.\n");
}

Json ToJson(const Outcome& outcome, const policy::ImageView& before,
            const policy::ImageView& after) {
    Json list = Json::array();
    for (const policy::Difference& difference : outcome.differences) {
        Json rule;
        if (difference.rule != BLF_NONE) {
            const Names names =
                NamesOf(policy::RuleIsOfFirst(difference.change) ? before : after, difference.rule);
            rule = {{"policy", names.policy}, {"rule", names.rule}, {"at", names.at}};
        }
        const policy::RequestSampler::Sample& example = difference.example;
        list.push_back({{"change", policy::ChangeWord(difference.change)},
                        {"rule", rule},
                        {"enumerated", difference.enumerated},
                        {"random", difference.sampled},
                        {"example",
                         {{"op", policy::OperationWords()[example.operation]},
                          {IsOnSocket(example) ? "address" : "path", example.object},
                          {"who", policy::AskerText(example.who)},
                          {"exe", example.who.exe},
                          {"uid", example.who.uid},
                          {"before", VerdictText(difference.before)},
                          {"after", VerdictText(difference.after)}}}});
    }
    return {{"same_on_all_tried", outcome.differences.empty()},
            {"tried",
             {{"enumerated", policy::SizeOf(outcome.space)},
              {"paths", outcome.space.paths.size()},
              {"addresses", outcome.space.addresses.size()},
              {"executables", outcome.space.exes.size()},
              {"users", outcome.space.uids.size()},
              {"circumstances", outcome.space.circumstances.size()},
              {"patterns_left_out", outcome.space.left_out},
              {"circumstances_left_out", outcome.space.circumstances_left_out},
              {"random", outcome.samples},
              {"seed", outcome.seed}}},
            {"differences", list}};
}

int Diff(const Options& options) {
    Telling told(options.json);
    Result<Side> before = ReadSide(options.before, &told);
    if (!before) return PrintError(before.error(), options.json);
    Result<Side> after = ReadSide(options.after, &told);
    if (!after) {
        return PrintError(after.error(), options.json, {{"diagnostics", told.list()}});
    }
    if (!before->image || !after->image) return PrintInvalid(told);
    const policy::RequestSpace space =
        policy::RequestSpaceOf({&before->policies, &after->policies});
    const uint64_t seed = options.seed.value_or(std::random_device{}());
    const policy::ImageView first = before->image->view();
    const policy::ImageView second = after->image->view();
    const Outcome outcome{space, options.samples, seed,
                          policy::Compare(first, second, space, options.samples, seed)};
    if (options.json) {
        Json json = ToJson(outcome, first, second);
        json["diagnostics"] = told.list();
        PrintJson(json);
    } else {
        PrintData(ToText(outcome, first, second));
    }
    return outcome.differences.empty() ? kOk : kNo;
}

}  // namespace

Work DeclareDiff(Arguments arguments) {
    auto options = std::make_shared<Options>();
    arguments.Value("OLD", &options->before, "A policy file, or a directory of them",
                    Arguments::kRequired);
    arguments.Value("NEW", &options->after, "What replaces it", Arguments::kRequired);
    arguments.Value("--samples", &options->samples, "How many random requests to try");
    arguments.Value("--seed", &options->seed,
                    "Of the random requests; by default another each time");
    arguments.Flag("--json", &options->json, "One JSON object on stdout");
    arguments.Footer(
        "Tries requests made from the patterns and users of both, and random ones, and tells by\n"
        "rule which of them become denied or allowed. It finds differences; it proves no "
        "equality.\n"
        "\n"
        "  bailiff diff keys.yaml keys.new.yaml\n"
        "  bailiff diff --seed 7 --samples 100000 old/ new/\n"
        "\n"
        "Exit codes: 0 the same on all that were tried, 1 differences, 2 a file cannot be read,\n"
        "5 a policy is invalid.");
    return [options] { return Diff(*options); };
}

}  // namespace bailiff::cli
