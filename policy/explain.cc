// SPDX-License-Identifier: Apache-2.0
#include "policy/explain.h"

#include "policy/classify.h"
#include "policy/image_seam.h"
// after the seam
#include "decide/verdict.h"

namespace bailiff::policy {
namespace {

RuleOpinion OpinionOf(const ImageView& image, uint32_t number, const blf_request& request,
                      const blf_vectors& vectors, const WhoByDimension& who) {
    blf_rule rule = image.rule(number);
    RuleOpinion opinion{.rule = number};
    for (uint32_t clause = rule.clause; clause < rule.clause + rule.clauses; clause++) {
        // Rules that share a clause are told apart by what the path's state says of its rules.
        bool object = request.object_reason
                          ? image.HasBit(vectors.object[BLF_VISIBLE], clause)
                          : image.GivesRule(request.object[BLF_VISIBLE], clause, number);
        bool operation = image.HasBit(vectors.operation, clause);
        opinion.object |= object;
        opinion.operation |= operation;
        bool applies = object && operation;
        for (uint32_t by = 0; by < BLF_DIMENSIONS; by++) {
            const bool leaves = who[by].word[clause / 64] >> (clause % 64) & 1;
            opinion.who[by] |= leaves;
            applies = applies && leaves;
        }
        opinion.applies |= applies;
    }
    return opinion;
}

blf_request Asked(const ClassifiedRequest& request) {
    blf_request asked{};
    asked.ask = request.ask;
    asked.object[BLF_VISIBLE] = request.object.state;
    asked.object[BLF_CANONICAL] = request.object.state;
    asked.object_reason = request.object.reason;
    return asked;
}

}  // namespace

Result<PathClass> ClassifyObject(const ImageView& image, const std::string& path) {
    std::vector<std::string> components = TRY(SplitPath(path));
    return Classify(image, image.root().object_root, components);
}

Decision Decide(const ImageView& image, const ClassifiedRequest& request) {
    const blf_request asked = Asked(request);
    blf_verdict verdict;
    blf_decide(&verdict, &image, &image.root(), &asked, request.who);
    Decision decision{.error = verdict.error, .reason = verdict.reason};
    if (verdict.clause != BLF_NONE) {
        decision.rule = image.RuleOf(asked.object[BLF_VISIBLE], verdict.clause);
    }
    if (verdict.audit_clause != BLF_NONE) {
        decision.audit_rule = image.RuleOf(asked.object[BLF_VISIBLE], verdict.audit_clause);
    }
    return decision;
}

Result<Explanation> Explain(const ImageView& image, const Request& request) {
    const blf_who all = TRY(Sift(image, request.who));
    const WhoByDimension who = TRY(SiftByDimension(image, request.who));
    const ClassifiedRequest classified{
        .ask = request.ask, .object = TRY(ClassifyObject(image, request.path)), .who = &all};
    const blf_request asked = Asked(classified);
    Explanation explanation{Decide(image, classified), {}};
    blf_vectors vectors;
    blf_look_up(&vectors, &image, &image.root(), &image.index(), &asked);
    for (uint32_t rule = 0; rule < image.index().rule_count; rule++) {
        explanation.opinions.push_back(OpinionOf(image, rule, asked, vectors, who));
    }
    return explanation;
}

}  // namespace bailiff::policy
