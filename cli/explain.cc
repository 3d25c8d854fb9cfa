// SPDX-License-Identifier: Apache-2.0
#include "policy/explain.h"

#include <charconv>
#include <memory>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/policy_files.h"
#include "cli/published.h"
#include "cli/trace_text.h"
#include "fmt/format.h"
#include "policy/suggest.h"
#include "policy/trace.h"
#include "policy/words.h"

namespace bailiff::cli {
namespace {

struct Options {
    std::vector<std::string> files;
    std::string operation;
    std::string path;
    std::string exe;
    std::string uid = "0";
    bool json = false;
    bool trace = false;
    bool resolve = false;
};

Result<policy::Request> RequestOf(const Options& options) {
    std::optional<unsigned> operation = policy::OperationByWord(options.operation);
    if (!operation) {
        std::string message = "unknown operation `" + options.operation + "`";
        const std::string_view near = policy::Closest(options.operation, policy::OperationWords());
        if (!near.empty()) message += fmt::format("; did you mean `{}`?", near);
        return Fail(ErrorKind::kUsage, std::move(message),
                    "operations: " + policy::OperationList(UINT64_MAX));
    }
    policy::Request request{
        .ask = policy::AskOf(*operation), .path = options.path, .exe = options.exe, .uid = 0};
    const char* end = options.uid.data() + options.uid.size();
    auto [parsed, failed] = std::from_chars(options.uid.data(), end, request.uid);
    if (failed == std::errc() && parsed == end) return request;
    std::optional<uint32_t> named = UserNumber(options.uid);
    if (!named) return Fail(ErrorKind::kUsage, "no user `" + options.uid + "` on this machine");
    request.uid = *named;
    return request;
}

// "keep-secret, rule 1   keep-secret.yaml:7"
std::string NameOf(const policy::ImageView& image, uint32_t number) {
    blf_rule rule = image.rule(number);
    return fmt::format("{}, rule {}   {}:{}", image.text(image.policy(rule.policy).name),
                       rule.number, image.text(rule.file), rule.line);
}

std::vector<std::string> FailedOn(const policy::RuleOpinion& opinion) {
    std::vector<std::string> dimensions;
    if (!opinion.operation) dimensions.emplace_back("operation");
    if (!opinion.object) dimensions.emplace_back("path");
    if (!opinion.exe) dimensions.emplace_back("exe");
    if (!opinion.uid) dimensions.emplace_back("uid");
    if (dimensions.empty() && !opinion.applies) dimensions.emplace_back("except");
    return dimensions;
}

std::string_view VerdictWord(const policy::Explanation& explanation) {
    return explanation.error ? "deny" : "allow";
}

Json ToJson(const policy::ImageView& image, const policy::Explanation& explanation) {
    Json rules = Json::array();
    for (const policy::RuleOpinion& opinion : explanation.opinions) {
        blf_rule rule = image.rule(opinion.rule);
        rules.push_back({{"policy", image.text(image.policy(rule.policy).name)},
                         {"rule", rule.number},
                         {"at", fmt::format("{}:{}", image.text(rule.file), rule.line)},
                         {"applies", opinion.applies},
                         {"failed_on", FailedOn(opinion)}});
    }
    Json json = {
        {"verdict", VerdictWord(explanation)},
        {"errno",
         explanation.error ? Json(policy::ErrnoWord(static_cast<int>(explanation.error))) : Json()},
        {"reason", policy::ReasonWord(explanation.reason)},
        {"rule", Json()},
        {"would_deny", Json()},
        {"rules", rules}};
    if (explanation.rule != BLF_NONE) json["rule"] = rules[explanation.rule];
    if (explanation.audit_rule != BLF_NONE) json["would_deny"] = rules[explanation.audit_rule];
    return json;
}

std::string Headline(const policy::ImageView& image, const policy::Explanation& explanation) {
    if (explanation.error == 0) {
        return explanation.audit_rule == BLF_NONE
                   ? Toned(Tone::kGood, "allow") + "   no rule applies\n"
                   : Toned(Tone::kGood, "allow") +
                         "   audit only: " + NameOf(image, explanation.audit_rule) +
                         " would deny\n";
    }
    std::string verdict =
        Toned(Tone::kBad,
              fmt::format("deny ({})", policy::ErrnoWord(static_cast<int>(explanation.error))));
    if (explanation.rule != BLF_NONE) {
        return fmt::format("{}   {}\n", verdict, NameOf(image, explanation.rule));
    }
    return fmt::format("{}   undecidable: {}\n", verdict,
                       policy::ReasonMeaning(explanation.reason));
}

std::string ToText(const policy::ImageView& image, const policy::Request& request,
                   const std::string& operation, const policy::Explanation& explanation) {
    std::string text = Headline(image, explanation);
    text += Table({{"operation", operation},
                   {"path", request.path},
                   {"exe", request.exe.empty() ? "(none)" : request.exe},
                   {"uid", std::to_string(request.uid)}},
                  "  ");
    std::vector<std::vector<std::string>> others;
    for (const policy::RuleOpinion& opinion : explanation.opinions) {
        if (opinion.rule == explanation.rule) continue;
        std::string why = opinion.applies ? "applies too" : "";
        for (const std::string& dimension : FailedOn(opinion)) {
            why += (why.empty() ? "does not match: " : ", ") + dimension;
        }
        others.push_back({NameOf(image, opinion.rule), why});
    }
    if (!others.empty()) text += "other rules\n" + Table(others, "  ");
    return text;
}

// The answer in the form that was asked for; an error when there is none, or no trace.
Result<int> Answer(const policy::ImageView& image, const policy::Request& request,
                   const Options& options, const Json& told) {
    policy::Explanation explanation = TRY(policy::Explain(image, request));
    std::optional<policy::Trace> trace;
    if (options.trace) trace = TRY(policy::TraceRequest(image, request, explanation));
    if (options.json) {
        Json json = ToJson(image, explanation);
        if (trace) json["trace"] = TraceToJson(image, *trace);
        json.update(told);
        PrintJson(json);
    } else {
        std::string text = ToText(image, request, options.operation, explanation);
        if (trace) text += TraceToText(image, *trace);
        PrintData(text);
    }
    return explanation.error ? kNo : kOk;
}

int Explain(const Options& options) {
    Result<policy::Request> request = RequestOf(options);
    if (!request) return PrintError(request.error(), options.json);
    return WithImage(options.files, LinksFor(options.resolve), options.json,
                     [&](const policy::ImageView& image, const Json& told) -> int {
                         Result<int> answer = Answer(image, *request, options, told);
                         return answer ? *answer : PrintError(answer.error(), options.json, told);
                     });
}

}  // namespace

Work DeclareExplain(CLI::App* app) {
    auto options = std::make_shared<Options>();
    app->add_option("--op", options->operation, "Operation: " + policy::OperationList(UINT64_MAX))
        ->required();
    app->add_option("--path", options->path, "Absolute path of the object, symlinks resolved")
        ->required();
    app->add_option("--exe", options->exe, "Absolute path of the executable of who asks");
    app->add_option("--uid", options->uid, "Its effective user, by number or name")
        ->capture_default_str();
    app->add_option("FILE", options->files, kFilesOrPublishedHelp);
    app->add_flag("--resolve", options->resolve, kResolveHelp);
    app->add_flag("--trace", options->trace,
                  "Also show each component's step and what each dimension leaves");
    app->add_flag("--json", options->json, "One JSON object on stdout");
    app->footer(
        "The verdict by the code that the kernel runs, the rule that wins, and what the others\n"
        "failed on. Without --exe, who asks is a process that no pattern names. Files need no\n"
        "privilege; without any, run as root.\n"
        "\n"
        "  bailiff explain --op file.read --path /root/.ssh/id_rsa --exe /usr/bin/cat keys.yaml\n"
        "  sudo bailiff explain --op file.write --path /etc/shadow --uid alice\n"
        "\n"
        "Exit codes: 0 allow, 1 deny, 2 usage, 3 cannot tell, 4 no privilege, 5 policy invalid.");
    return [options] { return Explain(*options); };
}

}  // namespace bailiff::cli
