// SPDX-License-Identifier: Apache-2.0
#include "policy/explain_move.h"

#include <set>

#include "policy/image_seam.h"
#include "policy/state_graph.h"
// after the seam
#include "decide/move.h"

namespace bailiff::policy {
namespace {

blf_request Asked(const ClassifiedNames& names) {
    blf_request asked{};
    asked.object[BLF_VISIBLE] = names.visible.state;
    asked.object[BLF_CANONICAL] = names.canonical.state;
    asked.object[BLF_TAGGED] = names.tagged;
    asked.object_reason = names.visible.reason ? names.visible.reason : names.canonical.reason;
    asked.ask = BLF_ASK_FILE_RENAME_FROM;
    if (names.visible.reason == 0) asked.opening[0] = names.visible.state;
    return asked;
}

// The first rule with the clause that the names have, or, of a directory, something below them.
uint32_t RuleAt(const ImageView& image, const blf_request& asked, bool directory, uint32_t clause) {
    StateGraph graph(image);
    std::set<uint32_t> rules;
    for (uint32_t called = 0; called < BLF_OBJECT_NAMES; called++) {
        const uint32_t state = asked.object[called];
        const bool below = directory && called != BLF_TAGGED;
        for (uint32_t rule : below ? graph.RulesBelow(state) : graph.RulesAt(state)) {
            rules.insert(rule);
        }
    }
    for (uint32_t number = 0; asked.object_reason && number < image.index().rule_count; number++) {
        rules.insert(number);
    }
    for (uint32_t number : rules) {
        const blf_rule rule = image.rule(number);
        if (rule.clause <= clause && clause < rule.clause + rule.clauses) return number;
    }
    return BLF_NONE;
}

Gain GainOf(const ImageView& image, const blf_move& move, const blf_gain& found,
            const blf_request& from, const blf_request& to) {
    if (found.clause == BLF_NONE) return {};
    const uint32_t closed = image.clause(found.clause).rule;
    if (closed != BLF_NONE) return {.rule = closed, .from = true, .operations = found.operations};
    const bool at_from = found.side == BLF_FROM;
    return {.rule = RuleAt(image, at_from ? from : to, move.directory != 0, found.clause),
            .from = at_from,
            .operations = found.operations};
}

}  // namespace

MoveDecision DecideMove(const ImageView& image, const ClassifiedMove& classified) {
    const blf_request from = Asked(classified.from);
    blf_request to = Asked(classified.to);
    to.object[BLF_TAGGED] = BLF_DEAD;
    blf_move move{};
    move.directory = classified.directory ? 1 : 0;
    blf_verdict verdict;
    blf_decide_move(&verdict, &move, &image, &image.root(), &from, &to, classified.who);
    MoveDecision decision{{.error = verdict.error, .reason = verdict.reason}, {}, {}};
    if (verdict.clause != BLF_NONE) {
        const bool denied = move.gain[0].clause != BLF_NONE;
        decision.gain = GainOf(image, move, move.gain[denied ? 0 : 2], from, to);
        decision.rule = decision.gain.rule;
    }
    if (verdict.audit_clause != BLF_NONE) {
        const bool denied = move.gain[1].clause != BLF_NONE;
        decision.audit_gain = GainOf(image, move, move.gain[denied ? 1 : 3], from, to);
        decision.audit_rule = decision.audit_gain.rule;
    }
    return decision;
}

Result<MoveExplanation> ExplainMove(const ImageView& image, const MoveRequest& request) {
    const auto by_itself = [&](blf_ask ask, const std::string& path) {
        return Request{.ask = ask, .path = path, .who = request.who};
    };
    MoveExplanation explanation;
    explanation.from = TRY(Explain(image, by_itself(request.from_ask, request.from)));
    explanation.to = TRY(Explain(image, by_itself(request.to_ask, request.to)));
    ClassifiedMove move;
    move.directory = request.directory;
    move.from.visible = move.from.canonical = TRY(ClassifyObject(image, request.from));
    move.to.visible = move.to.canonical = TRY(ClassifyObject(image, request.to));
    const blf_who who = TRY(Sift(image, request.who, BLF_OF_REQUESTS));
    move.who = &who;
    explanation.move = DecideMove(image, move);
    return explanation;
}

}  // namespace bailiff::policy
