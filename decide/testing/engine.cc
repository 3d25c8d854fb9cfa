// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "decide/testing/engine.h"

#include <algorithm>
#include <optional>

#include "fmt/format.h"
#include "policy/classify.h"
#include "policy/dump_model.h"
#include "policy/explain.h"
#include "policy/explain_move.h"
#include "policy/image_seam.h"
// after the seam
#include "decide/verdict.h"

namespace bailiff::decide::testing {
namespace {

using policy::ImageView;
using policy::PathClass;

PathClass ClassOf(const ImageView& image, const OraclePath& path, uint32_t root, uint32_t lost) {
    return policy::Classify(image, path.lost ? lost : root, path.components);
}

OracleRule NameOf(const ImageView& image, uint32_t number) {
    policy::ImageView view = image;
    blf_rule rule = view.rule(number);
    return {view.text(view.policy(rule.policy).name), rule.number};
}

std::optional<OracleRule> RuleOf(const ImageView& image, uint32_t state, uint32_t clause) {
    if (clause == BLF_NONE) return std::nullopt;
    uint32_t rule = image.RuleOf(state, clause);
    if (rule == BLF_NONE) return OracleRule{"no rule gives this clause", clause};
    return NameOf(image, rule);
}

std::string TextOf(const OraclePath& path) {
    std::string text = path.lost ? "(lost)" : "";
    for (const std::string& component : path.components) {
        text += '/';
        for (char byte : component) {
            bool plain = byte > 0x20 && byte < 0x7f;
            text += plain ? std::string(1, byte)
                          : fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
        }
    }
    return text.empty() ? "/" : text;
}

std::string Joined(const Components& components) {
    std::string text;
    for (const std::string& component : components) text += "/" + component;
    return text.empty() ? "/" : text;
}

bool IsPlain(const OraclePath& path) {
    return !path.lost && std::ranges::none_of(path.components, [](const std::string& component) {
        return component == "." || component == "..";
    });
}

policy::ClassifiedNames ClassesOf(const ImageView& image, const std::vector<OraclePath>& names) {
    const blf_root& root = image.root();
    return {.visible = ClassOf(image, names.front(), root.object_root, root.object_lost),
            .canonical = ClassOf(image, names.back(), root.object_root, root.object_lost)};
}

std::string TextOf(const std::vector<OraclePath>& names) {
    std::string text;
    for (const OraclePath& name : names) text += (text.empty() ? "" : " = ") + TextOf(name);
    return text;
}

std::optional<OracleRule> NamedRule(const ImageView& image, uint32_t number) {
    if (number == BLF_NONE) return std::nullopt;
    return NameOf(image, number);
}

std::string Describe(const std::optional<OracleRule>& rule) {
    return rule ? fmt::format("{}#{}", rule->policy, rule->number) : "none";
}

}  // namespace

OracleVerdict EngineDecide(const ImageView& image, const OracleRequest& request) {
    const blf_root& root = image.root();
    PathClass object = ClassOf(image, request.object, root.object_root, root.object_lost);
    blf_request asked{};
    asked.ask = request.ask;
    asked.uid = request.uid;
    asked.object[BLF_VISIBLE] = object.state;
    asked.object[BLF_CANONICAL] = object.state;
    asked.object_reason = object.reason;
    if (request.exe) {
        PathClass exe =
            ClassOf(image, *request.exe, image.index().subject_root, image.index().subject_lost);
        asked.subject[BLF_VISIBLE] = exe.state;
        asked.subject[BLF_CANONICAL] = exe.state;
        asked.subject_reason = exe.reason;
    }
    blf_verdict verdict{};
    blf_decide(&verdict, &image, &root, &asked);
    return {.error = static_cast<int>(verdict.error),
            .rule = RuleOf(image, object.state, verdict.clause),
            .audit = RuleOf(image, object.state, verdict.audit_clause),
            .applying = {}};
}

EngineMove EngineDecideMove(const ImageView& image, const OracleMove& move) {
    policy::ClassifiedMove asked{.from = ClassesOf(image, move.from),
                                 .to = ClassesOf(image, move.to),
                                 .exe = {},
                                 .uid = move.uid,
                                 .directory = move.directory};
    const blf_root& root = image.root();
    if (move.tag) {
        asked.from.tagged = ClassOf(image, *move.tag, root.object_root, root.object_lost).state;
    }
    if (move.exe) {
        asked.exe =
            ClassOf(image, *move.exe, image.index().subject_root, image.index().subject_lost);
    }
    const policy::MoveDecision decision = policy::DecideMove(image, asked);
    return {.verdict = {.error = static_cast<int>(decision.error),
                        .rule = NamedRule(image, decision.rule),
                        .audit = NamedRule(image, decision.audit_rule),
                        .applying = {}},
            .states_differ = asked.from.visible.state != asked.to.visible.state ||
                             asked.from.canonical.state != asked.to.canonical.state ||
                             asked.from.tagged != BLF_DEAD};
}

bool CanExplain(const OracleRequest& request) {
    return IsPlain(request.object) && (!request.exe || IsPlain(*request.exe));
}

OracleVerdict ExplainDecide(const ImageView& image, const OracleRequest& request) {
    policy::Request asked{.ask = request.ask,
                          .path = Joined(request.object.components),
                          .exe = request.exe ? Joined(request.exe->components) : "",
                          .uid = request.uid};
    Result<policy::Explanation> explanation = policy::Explain(image, asked);
    if (!explanation) return {.error = -1, .rule = {}, .audit = {}, .applying = {}};
    OracleVerdict verdict{
        .error = static_cast<int>(explanation->error), .rule = {}, .audit = {}, .applying = {}};
    if (explanation->rule != BLF_NONE) verdict.rule = NameOf(image, explanation->rule);
    if (explanation->audit_rule != BLF_NONE) verdict.audit = NameOf(image, explanation->audit_rule);
    for (const policy::RuleOpinion& opinion : explanation->opinions) {
        if (opinion.applies) verdict.applying.push_back(NameOf(image, opinion.rule));
    }
    return verdict;
}

std::string Describe(const std::vector<policy::Policy>& policies, const OracleRequest& request) {
    return fmt::format("ask {} of {}, exe {}, uid {}\n{}", static_cast<int>(request.ask),
                       TextOf(request.object), request.exe ? TextOf(*request.exe) : "none",
                       request.uid, policy::DumpModel(policies));
}

std::string Describe(const std::vector<policy::Policy>& policies, const OracleMove& move) {
    return fmt::format("{} from {} to {}, tag {}, exe {}, uid {}\n{}",
                       move.directory ? "directory" : "file", TextOf(move.from), TextOf(move.to),
                       move.tag ? TextOf(*move.tag) : "none", move.exe ? TextOf(*move.exe) : "none",
                       move.uid, policy::DumpModel(policies));
}

std::string Describe(const OracleVerdict& verdict) {
    std::string text = fmt::format("error {}, rule {}, audit {}, applying", verdict.error,
                                   Describe(verdict.rule), Describe(verdict.audit));
    for (const OracleRule& rule : verdict.applying) text += " " + Describe(std::optional(rule));
    return text;
}

}  // namespace bailiff::decide::testing
