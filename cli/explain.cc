// SPDX-License-Identifier: Apache-2.0
#include "policy/explain.h"

#include <memory>

#include "cli/command.h"
#include "cli/move_text.h"
#include "cli/output.h"
#include "cli/policy_files.h"
#include "cli/published.h"
#include "cli/trace_text.h"
#include "cli/verdict_text.h"
#include "cli/who_options.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "policy/classify.h"
#include "policy/explain_move.h"
#include "policy/suggest.h"
#include "policy/trace.h"
#include "policy/utf8.h"
#include "policy/words.h"

namespace bailiff::cli {
namespace {

struct Options {
    std::vector<std::string> files;
    std::string operation;
    std::string path;
    std::string address;
    std::string to;
    WhoOptions who;
    bool directory = false;
    bool json = false;
    bool trace = false;
    bool resolve = false;
};

Result<unsigned> OperationOf(const Options& options) {
    std::optional<unsigned> operation = policy::OperationByWord(options.operation);
    if (operation) return *operation;
    std::string message = "unknown operation `" + options.operation + "`";
    const std::string_view near = policy::Closest(options.operation, policy::OperationWords());
    if (!near.empty()) message += fmt::format("; did you mean `{}`?", near);
    return Fail(ErrorKind::kUsage, std::move(message),
                "operations: " + policy::OperationList(~blf_set{0}));
}

struct Asked {
    policy::Request request;  // about --path alone
    policy::MoveRequest move;
};

// "port": the first detail that was given and this operation does not have; or "".
std::string FirstStrange(blf_set operation, const Options& options) {
    if (!options.address.empty() && !(operation & BLF_ADDRESS_OPERATIONS)) return "address";
    std::string strange;
    const auto look = [&](const auto& selectors) {
        for (const auto& selector : selectors) {
            const std::string word(selector.word);
            const bool given = policy::IsDetail(selector) && options.who.contains(word);
            if (given && !(operation & policy::OperationsWith(word)) && strange.empty()) {
                strange = word;
            }
        }
    };
    look(policy::kNumberSelectors);
    look(policy::kPathSelectors);
    return strange;
}

Status CheckMove(unsigned operation, const Options& options) {
    const bool renames = operation == BLF_OP_FILE_RENAME;
    if (!options.to.empty() && !renames && operation != BLF_OP_FILE_LINK) {
        return Fail(ErrorKind::kUsage, "--to goes with file.rename and file.link",
                    "nothing else gives a file another name");
    }
    if (options.directory && !renames) {
        return Fail(ErrorKind::kUsage, "--directory goes with file.rename",
                    operation == BLF_OP_FILE_LINK ? "a directory has no hard links" : "");
    }
    return {};
}

// A path, or what sockets have.
Status CheckObject(unsigned operation, const Options& options) {
    const blf_set bit = blf_set{1} << operation;
    const blf_object_kind on = policy::ObjectOf(operation);
    if (on == BLF_ON_PATH && options.path.empty()) {
        return Fail(ErrorKind::kUsage, options.operation + " needs --path",
                    "it is about what has a path");
    }
    if (!options.path.empty() && !(bit & BLF_PATH_OPERATIONS)) {
        return Fail(ErrorKind::kUsage, "--path does not go with " + options.operation,
                    on == BLF_ON_SOCKET
                        ? "sockets have no path: --address, --port, --protocol, --family, --type"
                        : "it is about nothing that has a path");
    }
    const std::string strange = FirstStrange(bit, options);
    if (strange.empty()) return {};
    if (on == BLF_ON_SOCKET && (strange == "address" || strange == "port")) {
        return Fail(ErrorKind::kUsage, options.operation + " has no address and no port",
                    "leave out --address and --port");
    }
    const bool of_sockets =
        strange == "address" || (policy::OperationsWith(strange) & BLF_SOCKET_OPERATIONS) != 0;
    return Fail(ErrorKind::kUsage, "--" + strange + " does not go with " + options.operation,
                of_sockets ? "only sockets have one"
                           : "that has " + policy::OperationList(policy::OperationsWith(strange)));
}

Result<Asked> AskedOf(const Options& options) {
    const unsigned operation = TRY(OperationOf(options));
    TRY_STATUS(CheckMove(operation, options));
    TRY_STATUS(CheckObject(operation, options));
    policy::MoveRequest move{
        .from_ask = policy::AskOf(operation),
        .to_ask = operation == BLF_OP_FILE_LINK ? BLF_ASK_FILE_LINK_TO : BLF_ASK_FILE_RENAME_TO,
        .from = options.path,
        .to = options.to,
        .directory = options.directory,
        .who = TRY(AskerOf(options.who))};
    if (options.directory) {
        move.from_ask = BLF_ASK_FILE_MOVE_DIRECTORY_FROM;
        move.to_ask = BLF_ASK_FILE_MOVE_DIRECTORY_TO;
    }
    const bool on_socket = policy::IsOnSocket(move.from_ask);
    return Asked{.request = policy::RequestOf(move.from_ask,
                                              on_socket ? options.address : options.path, move.who),
                 .move = move};
}

// Of a request about a path, or on a socket; in the words of the rule.
std::vector<std::string> FailedOn(const policy::ImageView& image,
                                  const policy::RuleOpinion& opinion, bool on_socket) {
    std::vector<std::string> dimensions;
    if (!opinion.operation) dimensions.emplace_back("operation");
    if (!opinion.object) dimensions.emplace_back(on_socket ? "address" : "path");
    for (uint32_t by = 0; by < BLF_DIMENSIONS; by++) {
        if (!opinion.who[by]) {
            dimensions.emplace_back(
                policy::DimensionWord(static_cast<blf_by>(by), image.OperationsOf(opinion.rule)));
        }
    }
    if (dimensions.empty() && !opinion.applies) {
        const bool closes = image.rule(opinion.rule).verdict == BLF_RULE_DEFAULT;
        dimensions.emplace_back(closes ? "allow" : "except");
    }
    return dimensions;
}

// Of a rename or a link, the old name is half of what the kernel asks.
bool IsHalfAMove(const Asked& asked) {
    const blf_ask ask = asked.move.from_ask;
    return ask == BLF_ASK_FILE_RENAME_FROM || ask == BLF_ASK_FILE_MOVE_DIRECTORY_FROM ||
           ask == BLF_ASK_FILE_LINK_FROM;
}

Json ToJson(const policy::ImageView& image, const policy::Explanation& explanation,
            bool on_socket) {
    Json rules = Json::array();
    for (const policy::RuleOpinion& opinion : explanation.opinions) {
        Json rule = RuleJson(image, opinion.rule);
        rule["applies"] = opinion.applies;
        rule["failed_on"] = FailedOn(image, opinion, on_socket);
        rules.push_back(std::move(rule));
    }
    Json json = VerdictJson(image, explanation);
    json["rules"] = rules;
    if (explanation.rule != BLF_NONE) json["rule"] = rules[explanation.rule];
    if (explanation.audit_rule != BLF_NONE) json["would_deny"] = rules[explanation.audit_rule];
    return json;
}

// What of a path could be taken for something that it is not here.
std::vector<std::string> Notes(const Options& options) {
    std::vector<std::string> notes;
    for (const std::string& path : {options.path, options.to}) {
        const size_t glob = path.find_first_of("*?[{");
        if (glob != std::string::npos) {
            notes.push_back(
                fmt::format("`{}` in {} is the character itself: a request is about "
                            "one path, not about a pattern",
                            path[glob], path));
        }
        const Result<std::vector<std::string>> names = policy::SplitPath(path);
        if (!names) continue;
        const std::string plain = fmt::format("/{}", fmt::join(*names, "/"));
        if (plain != path) notes.push_back(fmt::format("{} is asked about as {}", path, plain));
    }
    return notes;
}

// As it was put.
Json RequestJson(const Options& options, const policy::Request& request) {
    Json json = {{"operation", options.operation}};
    if (!options.path.empty()) json["path"] = options.path;
    if (!options.address.empty()) json["address"] = options.address;
    if (!options.to.empty()) json["to"] = options.to;
    if (options.directory) json["directory"] = true;
    json["exe"] = request.who.exe;
    json["uid"] = request.who.uid;
    for (const auto& [word, values] : options.who) {
        if (word != "exe" && word != "uid") json[word] = values;
    }
    return json;
}

// What text says on stderr beside its answer, JSON in it.
void Print(Json json, const Asked& asked, const Options& options, const Json& told) {
    json["request"] = RequestJson(options, asked.request);
    json["notes"] = Notes(options);
    json.update(told);
    PrintJson(json);
}

void Print(const std::string& text, const Options& options) {
    PrintData(text);
    for (const std::string& note : Notes(options)) {
        PrintMessage("note: " + policy::EscapeText(note) + "\n");
    }
}

std::string RequestText(const Options& options, const policy::Request& request) {
    std::vector<std::vector<std::string>> rows = {{"operation", options.operation}};
    if (!request.path.empty()) rows.push_back({"path", request.path});
    if (!request.address.empty()) rows.push_back({"address", request.address});
    if (!options.to.empty()) rows.push_back({"to", options.to});
    rows.push_back({"exe", request.who.exe.empty() ? "(none)" : request.who.exe});
    rows.push_back({"uid", std::to_string(request.who.uid)});
    for (const auto& [word, values] : options.who) {
        if (word == "exe" || word == "uid") continue;
        rows.push_back({word, fmt::format("{}", fmt::join(values, ", "))});
    }
    for (auto& row : rows) row[1] = policy::EscapeText(row[1]);
    return Table(rows, "  ");
}

std::string OtherRules(const policy::ImageView& image, const policy::Explanation& explanation,
                       bool on_socket) {
    std::vector<std::vector<std::string>> others;
    for (const policy::RuleOpinion& opinion : explanation.opinions) {
        if (opinion.rule == explanation.rule) continue;
        const bool allows = image.rule(opinion.rule).verdict == BLF_RULE_ALLOWS;
        std::string why = !opinion.applies ? "" : allows ? "allows it" : "applies too";
        for (const std::string& dimension : FailedOn(image, opinion, on_socket)) {
            why += (why.empty() ? "does not match: " : ", ") + dimension;
        }
        others.push_back({RuleText(image, opinion.rule), why});
    }
    return others.empty() ? "" : "other rules\n" + Table(others, "  ");
}

// The answer in the form that was asked for; an error when there is none, or no trace.
Result<int> Answer(const policy::ImageView& image, const Asked& asked, const Options& options,
                   const Json& told) {
    policy::Explanation explanation = TRY(policy::Explain(image, asked.request));
    std::optional<policy::Trace> trace;
    const bool on_socket = policy::IsOnSocket(asked.request.ask);
    if (options.trace) trace = TRY(policy::TraceRequest(image, asked.request, explanation));
    if (options.json) {
        Json json = ToJson(image, explanation, on_socket);
        if (IsHalfAMove(asked)) json["old_name_alone"] = true;
        if (trace) json["trace"] = TraceToJson(image, *trace);
        Print(std::move(json), asked, options, told);
    } else {
        std::string text = VerdictText(image, explanation) + "\n" +
                           RequestText(options, asked.request) +
                           OtherRules(image, explanation, on_socket);
        if (IsHalfAMove(asked)) {
            text +=
                "asked about the old name alone; --to PATH asks about the new one and the move\n";
        }
        if (trace) text += TraceToText(image, *trace);
        Print(text, options);
    }
    return explanation.error ? kNo : kOk;
}

struct MoveTrace {
    policy::Trace from, to;
};

Result<MoveTrace> TraceMove(const policy::ImageView& image, const Asked& asked,
                            const policy::MoveExplanation& explanation) {
    policy::Request to = asked.request;
    to.ask = asked.move.to_ask;
    to.path = asked.move.to;
    return MoveTrace{TRY(policy::TraceRequest(image, asked.request, explanation.from)),
                     TRY(policy::TraceRequest(image, to, explanation.to))};
}

Result<int> AnswerMove(const policy::ImageView& image, const Asked& asked, const Options& options,
                       const Json& told) {
    policy::MoveExplanation explanation = TRY(policy::ExplainMove(image, asked.move));
    std::optional<MoveTrace> trace;
    if (options.trace) trace = TRY(TraceMove(image, asked, explanation));
    const policy::Decision decision = DecisionOf(explanation);
    if (options.json) {
        Json json = MoveToJson(image, asked.move, explanation);
        if (trace) {
            json["from"]["trace"] = TraceToJson(image, trace->from);
            json["to"]["trace"] = TraceToJson(image, trace->to);
        }
        Print(std::move(json), asked, options, told);
    } else {
        std::string text = VerdictText(image, decision) + "\n" +
                           RequestText(options, asked.request) +
                           MoveToText(image, asked.move, explanation);
        if (trace) {
            text += "the old name: " + TraceToText(image, trace->from);
            text += "the new name: " + TraceToText(image, trace->to);
        }
        Print(text, options);
    }
    return decision.error ? kNo : kOk;
}

int Explain(const Options& options) {
    Result<Asked> asked = AskedOf(options);
    if (!asked) return PrintError(asked.error(), options.json);
    const auto answer_of = options.to.empty() ? Answer : AnswerMove;
    return WithImage(options.files, LinksFor(options.resolve), options.json,
                     [&](const policy::ImageView& image, const Json& told) -> int {
                         Result<int> answer = answer_of(image, *asked, options, told);
                         return answer ? *answer : PrintError(answer.error(), options.json, told);
                     });
}

// One a line, of what a rule may name.
std::string WordsHelp() {
    std::vector<std::vector<std::string>> operations;
    std::vector<std::vector<std::string>> families;
    for (size_t i = 0; i < policy::RuleWords().size(); i++) {
        auto& rows = i < BLF_OPERATION_COUNT ? operations : families;
        rows.push_back(
            {std::string(policy::RuleWords()[i]), std::string(policy::RuleMeanings()[i])});
    }
    return "Operations:\n" + Table(operations, "  ") +
           "In rules, these stand for several of them:\n" + Table(families, "  ");
}

}  // namespace

Work DeclareExplain(Arguments arguments) {
    auto options = std::make_shared<Options>();
    arguments.Value("--op", &options->operation, "Operation, one of those below",
                    Arguments::kRequired);
    arguments.Value("--path", &options->path, "Absolute path of the object, symlinks resolved");
    arguments.Value("--address", &options->address,
                    "Address of the peer; of net.bind, net.listen and net.accept, one's own");
    arguments.Value("--to", &options->to,
                    "The new name: of file.rename and file.link, explain the move");
    arguments.Flag("--directory", &options->directory, "What is renamed is a directory");
    DeclareWho(arguments, &options->who);
    arguments.Values("FILE", &options->files, kFilesOrPublishedHelp);
    arguments.Flag("--resolve", &options->resolve, kResolveHelp);
    arguments.Flag("--trace", &options->trace,
                   "Also show each component's step and what each dimension leaves");
    arguments.Flag("--json", &options->json, "One JSON object on stdout");
    arguments.Footer(
        "The verdict by the code that the kernel runs, the rule that wins, and what the others\n"
        "failed on. Who asks is what the options say and nothing else: without --exe, a process "
        "that\n"
        "no pattern names; without --gid, one of no group. Files need no\n"
        "privilege; without any, run as root.\n"
        "With --to, the kernel asks three times: about the old name, about the new one, and "
        "whether\n"
        "the move would gain anything. (Over an existing file it also asks file.delete of the "
        "new.)\n"
        "\n"
        "  bailiff explain --op file.read --path /root/.ssh/id_rsa --exe /usr/bin/cat keys.yaml\n"
        "  sudo bailiff explain --op file.write --path /etc/shadow --uid alice\n"
        "  sudo bailiff explain --op file.rename --path /srv/a --to /tmp/a --directory\n"
        "  bailiff explain --op net.connect --address 10.1.2.3 --port 443 --protocol tcp net.yaml\n"
        "\n" +
        WordsHelp() +
        "\n"
        "Exit codes: 0 allow, 1 deny, 2 usage, 3 cannot tell, 4 no privilege, 5 policy invalid.");
    return [options] { return Explain(*options); };
}

}  // namespace bailiff::cli
