// SPDX-License-Identifier: Apache-2.0
#include "cli/move_text.h"

#include "cli/verdict_text.h"
#include "fmt/format.h"
#include "policy/words.h"

namespace bailiff::cli {
namespace {

std::string AskedOperations(blf_ask ask) {
    return policy::OperationList(policy::AskOperations()[ask]);
}

Json OperationArray(blf_set operations) {
    Json array = Json::array();
    for (unsigned i = 0; i < BLF_OPERATION_COUNT; i++) {
        if (operations >> i & 1) array.push_back(policy::OperationWords()[i]);
    }
    return array;
}

// "file.read is denied under the old name and not under the new one", of the rule's operations.
std::string GainText(const policy::ImageView& image, const policy::MoveRequest& request,
                     const policy::Gain& gain) {
    if (gain.rule == BLF_NONE) return "";
    const blf_set operations = gain.operations & image.OperationsOf(gain.rule);
    const std::string name = gain.from ? "old" : "new";
    const std::string other = gain.from ? "new" : "old";
    const std::string words = fmt::format("{} {}", policy::OperationList(operations),
                                          operations & (operations - 1) ? "are" : "is");
    if (request.directory) {
        return fmt::format(
            "{} denied at or below the {} place, and the {} one is under other rules", words, name,
            other);
    }
    return fmt::format("{} denied under the {} name and not under the {} one", words, name, other);
}

Json GainJson(const policy::ImageView& image, const policy::Gain& gain) {
    if (gain.rule == BLF_NONE) return {};
    return {{"operations", OperationArray(gain.operations & image.OperationsOf(gain.rule))},
            {"by", gain.from ? "from" : "to"}};
}

Json SideJson(const policy::ImageView& image, const std::string& path, blf_ask ask,
              const policy::Explanation& explanation) {
    Json json = {{"path", path}, {"operations", OperationArray(policy::AskOperations()[ask])}};
    json.update(VerdictJson(image, explanation));
    return json;
}

}  // namespace

policy::Decision DecisionOf(const policy::MoveExplanation& explanation) {
    policy::Decision all{.error = 0, .reason = BLF_REASON_NO_RULE};
    const policy::Decision* const parts[] = {&explanation.from, &explanation.to, &explanation.move};
    for (const policy::Decision* part : parts) {
        if (all.audit_rule == BLF_NONE) all.audit_rule = part->audit_rule;
        if (all.reason == BLF_REASON_NO_RULE) all.reason = part->reason;
        if (!part->error) continue;
        all.error = part->error;
        all.reason = part->reason;
        all.rule = part->rule;
        break;
    }
    return all;
}

std::string MoveToText(const policy::ImageView& image, const policy::MoveRequest& request,
                       const policy::MoveExplanation& explanation) {
    const policy::MoveDecision& move = explanation.move;
    std::string text = "asked in turn\n";
    text += Table({{"old name", VerdictText(image, explanation.from)},
                   {"", AskedOperations(request.from_ask)},
                   {"new name", VerdictText(image, explanation.to)},
                   {"", AskedOperations(request.to_ask)},
                   {"the move", VerdictText(image, move)}},
                  "  ");
    for (const policy::Gain& gain : {move.gain, move.audit_gain}) {
        const std::string why = GainText(image, request, gain);
        if (!why.empty()) text += "            " + why + "\n";
    }
    return text;
}

Json MoveToJson(const policy::ImageView& image, const policy::MoveRequest& request,
                const policy::MoveExplanation& explanation) {
    const policy::MoveDecision& move = explanation.move;
    Json json = VerdictJson(image, DecisionOf(explanation));
    json["directory"] = request.directory;
    json["from"] = SideJson(image, request.from, request.from_ask, explanation.from);
    json["to"] = SideJson(image, request.to, request.to_ask, explanation.to);
    json["move"] = VerdictJson(image, move);
    json["move"]["gains"] = GainJson(image, move.gain);
    json["move"]["would_gain"] = GainJson(image, move.audit_gain);
    return json;
}

}  // namespace bailiff::cli
