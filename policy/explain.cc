// SPDX-License-Identifier: Apache-2.0
#include "policy/explain.h"

#include "policy/classify.h"
#include "policy/image_seam.h"
// after the seam
#include "decide/verdict.h"

namespace bailiff::policy {
namespace {

RuleOpinion OpinionOf(const ImageView& image, uint32_t number, const blf_request& request,
                      const blf_vectors& vectors) {
    blf_rule rule = image.rule(number);
    RuleOpinion opinion{.rule = number};
    for (uint32_t clause = rule.clause; clause < rule.clause + rule.clauses; clause++) {
        // Rules that share a clause are told apart by what the path's state says of its rules.
        bool object = request.object_reason
                          ? image.HasBit(vectors.object[BLF_VISIBLE], clause)
                          : image.GivesRule(request.object[BLF_VISIBLE], clause, number);
        bool operation = image.HasBit(vectors.operation, clause);
        bool exe = image.HasBit(vectors.subject[BLF_VISIBLE], clause);
        bool uid = image.HasBit(vectors.uid, clause);
        opinion.object |= object;
        opinion.operation |= operation;
        opinion.exe |= exe;
        opinion.uid |= uid;
        opinion.applies |= object && operation && exe && uid;
    }
    return opinion;
}

Result<blf_request> Ask(const ImageView& image, const Request& request) {
    std::vector<std::string> object = TRY(SplitPath(request.path));
    blf_request asked{};
    asked.ask = request.ask;
    asked.uid = request.uid;
    PathClass object_class = Classify(image, image.root().object_root, object);
    asked.object[BLF_VISIBLE] = object_class.state;
    asked.object[BLF_CANONICAL] = object_class.state;
    asked.object_reason = object_class.reason;
    if (request.exe.empty()) return asked;
    std::vector<std::string> exe = TRY(SplitPath(request.exe));
    PathClass exe_class = Classify(image, image.index().subject_root, exe);
    asked.subject[BLF_VISIBLE] = exe_class.state;
    asked.subject[BLF_CANONICAL] = exe_class.state;
    asked.subject_reason = exe_class.reason;
    return asked;
}

Explanation Judge(const ImageView& image, const blf_request& asked) {
    blf_verdict verdict;
    blf_decide(&verdict, &image, &image.root(), &asked);
    Explanation explanation{.error = verdict.error, .reason = verdict.reason, .opinions = {}};
    if (verdict.clause != BLF_NONE) {
        explanation.rule = image.RuleOf(asked.object[BLF_VISIBLE], verdict.clause);
    }
    if (verdict.audit_clause != BLF_NONE) {
        explanation.audit_rule = image.RuleOf(asked.object[BLF_VISIBLE], verdict.audit_clause);
    }
    return explanation;
}

}  // namespace

Result<Explanation> Decide(const ImageView& image, const Request& request) {
    blf_request asked = TRY(Ask(image, request));
    return Judge(image, asked);
}

Result<Explanation> Explain(const ImageView& image, const Request& request) {
    blf_request asked = TRY(Ask(image, request));
    Explanation explanation = Judge(image, asked);
    blf_vectors vectors;
    blf_look_up(&vectors, &image, &image.root(), &image.index(), &asked);
    for (uint32_t rule = 0; rule < image.index().rule_count; rule++) {
        explanation.opinions.push_back(OpinionOf(image, rule, asked, vectors));
    }
    return explanation;
}

}  // namespace bailiff::policy
