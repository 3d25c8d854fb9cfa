// SPDX-License-Identifier: Apache-2.0
#include "policy/explain.h"

#include <sys/socket.h>

#include <algorithm>
#include <optional>

#include "policy/address.h"
#include "policy/classify.h"
#include "policy/image_seam.h"
#include "policy/words.h"
// after the seam
#include "decide/address.h"
#include "decide/verdict.h"

namespace bailiff::policy {
namespace {

bool GivesRule(const ImageView& image, const blf_request& request, uint32_t clause, uint32_t rule) {
    return std::ranges::any_of(
        request.object, [&](uint32_t state) { return image.GivesRule(state, clause, rule); });
}

// The first of those that some name gives, as the kernel counts it.
uint32_t RuleOf(const ImageView& image, const blf_request& request, uint32_t clause) {
    if (clause == BLF_NONE) return BLF_NONE;
    uint32_t first = BLF_NONE;
    for (const uint32_t state : request.object)
        first = std::min(first, image.RuleOf(state, clause));
    return first;
}

Result<ObjectClass> ClassifyAddress(const ImageView& image, const Request& request) {
    blf_address asked{};
    if (!request.address.empty()) {
        const std::optional<AddressPrefix> address = AddressOf(request.address);
        if (!address) {
            return Fail(ErrorKind::kUsage, "`" + request.address + "` is not an address",
                        "a request is about one address, such as 10.0.0.1 or 2001:db8::1");
        }
        asked = {
            .word = {address->word[0], address->word[1]}, .version = address->version, .pad = 0};
    }
    blf_address_states states;
    blf_find_address(&states, &image, request.ask, &asked);
    return ObjectClass{.state = {states.given, states.taken}, .reason = states.reason};
}

uint32_t AnywhereState(const ImageView& image, blf_ask ask) {
    const blf_addresses* table = blf_address_table(&image);
    return BLF_IS_ANYWHERE(ask) && table != nullptr ? table->none : BLF_DEAD;
}

// Does the rule's clause have what defaults ask, one of what the request needs?
bool IsNeeded(const ImageView& image, blf_ask ask, uint32_t clause) {
    return std::ranges::any_of(image.needs(ask).vector, [&](uint32_t vector) {
        return vector != 0 && image.HasBit(vector, clause);
    });
}

bool HasObject(const ImageView& image, uint32_t number, const blf_rule& rule, uint32_t clause,
               const blf_request& request, const blf_vectors& vectors) {
    // Rules that share a clause are told apart by what the path's state says of its rules.
    switch (rule.verdict) {
        case BLF_RULE_DEFAULT:
            return true;
        case BLF_RULE_ALLOWS:
            return std::ranges::any_of(request.opening, [&](uint32_t state) {
                return image.GivesRule(state, clause, number);
            });
        default:
            return request.object_reason ? image.HasBit(vectors.object[BLF_VISIBLE], clause)
                                         : GivesRule(image, request, clause, number);
    }
}

// Whom an allow is about says its policy's default: its clause; of other rules the rule's own.
uint32_t GoverningClause(const ImageView& image, const blf_rule& rule, uint32_t clause) {
    if (rule.verdict != BLF_RULE_ALLOWS) return clause;
    for (uint32_t i = 0; i < image.index().rule_count; i++) {
        const blf_rule other = image.rule(i);
        if (other.policy == rule.policy && other.verdict == BLF_RULE_DEFAULT) return other.clause;
    }
    return clause;
}

RuleOpinion OpinionOf(const ImageView& image, uint32_t number, const blf_request& request,
                      const blf_vectors& vectors, const WhoByDimension& who) {
    blf_rule rule = image.rule(number);
    RuleOpinion opinion{.rule = number};
    for (uint32_t clause = rule.clause; clause < rule.clause + rule.clauses; clause++) {
        const bool object = HasObject(image, number, rule, clause, request, vectors);
        const bool operation = rule.verdict == BLF_RULE_DENIES
                                   ? image.HasBit(vectors.operation, clause)
                                   : IsNeeded(image, static_cast<blf_ask>(request.ask), clause);
        opinion.object |= object;
        opinion.operation |= operation;
        bool applies = object && operation;
        const uint32_t governing = GoverningClause(image, rule, clause);
        for (uint32_t by = 0; by < BLF_DIMENSIONS; by++) {
            const bool leaves = (who[by].word[clause / 64] >> (clause % 64) & 1) &&
                                (who[by].word[governing / 64] >> (governing % 64) & 1);
            opinion.who[by] |= leaves;
            applies = applies && leaves;
        }
        opinion.applies |= applies;
    }
    return opinion;
}

// Is something that the request needs closed by this default, and opened by none of its policy?
bool IsLeftClosed(const ImageView& image, const blf_needs& needs, const blf_rule& closing,
                  const std::vector<RuleOpinion>& opinions) {
    return std::ranges::any_of(needs.vector, [&](uint32_t vector) {
        if (vector == 0 || !image.HasBit(vector, closing.clause)) return false;
        return std::ranges::none_of(opinions, [&](const RuleOpinion& opinion) {
            const blf_rule rule = image.rule(opinion.rule);
            return opinion.applies && rule.verdict == BLF_RULE_ALLOWS &&
                   rule.policy == closing.policy && image.HasBit(vector, rule.clause);
        });
    });
}

// A default applies to what its policy does not allow.
void SettleDefaults(const ImageView& image, const blf_request& asked,
                    std::vector<RuleOpinion>* opinions) {
    const blf_needs needs = image.needs(static_cast<blf_ask>(asked.ask));
    for (RuleOpinion& opinion : *opinions) {
        const blf_rule rule = image.rule(opinion.rule);
        if (rule.verdict != BLF_RULE_DEFAULT || !opinion.applies) continue;
        opinion.applies = IsLeftClosed(image, needs, rule, *opinions);
    }
}

blf_request Asked(const ClassifiedRequest& request) {
    blf_request asked{};
    asked.ask = request.ask;
    asked.object[BLF_VISIBLE] = request.object.state[BLF_VISIBLE];
    asked.object[BLF_CANONICAL] = request.object.state[BLF_CANONICAL];
    asked.object[BLF_ANYWHERE] = request.object.anywhere;
    asked.object_reason = request.object.reason;
    if (request.object.reason == 0) asked.opening[0] = asked.object[BLF_VISIBLE];
    asked.opening[1] = asked.object[IsOnSocket(request.ask) ? BLF_CANONICAL : BLF_ANYWHERE];
    return asked;
}

}  // namespace

Request RequestOf(blf_ask ask, const std::string& object, const Asker& who) {
    Request request{.ask = ask, .path = {}, .address = {}, .who = who};
    (IsOnSocket(ask) ? request.address : request.path) = object;
    if (!request.address.empty() && who.family == AF_UNSPEC) {
        request.who.family = object.contains(':') ? AF_INET6 : AF_INET;
    }
    return request;
}

Result<PathClass> ClassifyObject(const ImageView& image, const std::string& path, bool lost) {
    std::vector<std::string> components = TRY(SplitPath(path));
    const blf_root& root = image.root();
    return Classify(image, lost ? root.object_lost : root.object_root, components);
}

Result<ObjectClass> ClassifyObject(const ImageView& image, const Request& request) {
    if (IsOnSocket(request.ask)) return ClassifyAddress(image, request);
    ObjectClass object{.state = {}, .anywhere = AnywhereState(image, request.ask), .reason = 0};
    if (request.path.empty() && BLF_IS_ANYWHERE(request.ask)) return object;
    const PathClass found = TRY(ClassifyObject(image, request.path, request.lost));
    object.state = {found.state, found.state};
    object.reason = found.reason;
    return object;
}

Decision Decide(const ImageView& image, const ClassifiedRequest& request) {
    const blf_request asked = Asked(request);
    blf_verdict verdict;
    blf_decide(&verdict, &image, &image.root(), &asked, request.who);
    Decision decision{.error = verdict.error, .reason = verdict.reason};
    decision.rule = RuleOf(image, asked, verdict.clause);
    decision.audit_rule = RuleOf(image, asked, verdict.audit_clause);
    return decision;
}

Result<Explanation> Explain(const ImageView& image, const Request& request) {
    const blf_who all = TRY(Sift(image, request.who));
    const WhoByDimension who = TRY(SiftByDimension(image, request.who));
    const ClassifiedRequest classified{
        .ask = request.ask, .object = TRY(ClassifyObject(image, request)), .who = &all};
    const blf_request asked = Asked(classified);
    Explanation explanation{Decide(image, classified), {}};
    blf_vectors vectors;
    blf_look_up(&vectors, &image, &image.root(), &image.index(), &asked);
    for (uint32_t rule = 0; rule < image.index().rule_count; rule++) {
        explanation.opinions.push_back(OpinionOf(image, rule, asked, vectors, who));
    }
    SettleDefaults(image, asked, &explanation.opinions);
    return explanation;
}

}  // namespace bailiff::policy
