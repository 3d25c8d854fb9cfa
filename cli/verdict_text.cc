// SPDX-License-Identifier: Apache-2.0
#include "cli/verdict_text.h"

#include "fmt/format.h"
#include "policy/words.h"

namespace bailiff::cli {

std::string RuleText(const policy::ImageView& image, uint32_t number) {
    blf_rule rule = image.rule(number);
    return fmt::format("{}, {}   {}:{}", image.text(image.policy(rule.policy).name),
                       policy::RuleLabel(rule), image.text(rule.file), rule.line);
}

std::string_view RuleKindWord(const blf_rule& rule) {
    if (rule.verdict == BLF_RULE_ALLOWS) return "allow";
    return rule.verdict == BLF_RULE_DEFAULT ? "default" : "deny";
}

Json RuleJson(const policy::ImageView& image, uint32_t number) {
    if (number == BLF_NONE) return {};
    blf_rule rule = image.rule(number);
    return {{"policy", image.text(image.policy(rule.policy).name)},
            {"rule", rule.number},
            {"kind", RuleKindWord(rule)},
            {"at", fmt::format("{}:{}", image.text(rule.file), rule.line)}};
}

Json CountedRuleJson(const policy::ImageView& image, uint32_t number) {
    const blf_tally tally = image.rule_tally(number);
    Json json = RuleJson(image, number);
    json["denied"] = tally.denied;
    json["would_deny"] = tally.would_deny;
    return json;
}

std::string VerdictText(const policy::ImageView& image, const policy::Decision& decision) {
    if (decision.error == 0) {
        const std::string allow = Toned(Tone::kGood, "allow");
        if (decision.audit_rule == BLF_NONE) return allow + "   no rule applies";
        return allow + "   audit only: " + RuleText(image, decision.audit_rule) + " would deny";
    }
    std::string verdict = Toned(
        Tone::kBad, fmt::format("deny ({})", policy::ErrnoWord(static_cast<int>(decision.error))));
    if (decision.rule != BLF_NONE) verdict += "   " + RuleText(image, decision.rule);
    if (decision.rule == BLF_NONE || decision.reason != BLF_REASON_RULE) {
        verdict += fmt::format("   undecidable: {}", policy::ReasonMeaning(decision.reason));
    }
    return verdict;
}

Json VerdictJson(const policy::ImageView& image, const policy::Decision& decision) {
    return {{"verdict", decision.error ? "deny" : "allow"},
            {"errno",
             decision.error ? Json(policy::ErrnoWord(static_cast<int>(decision.error))) : Json()},
            {"reason", policy::ReasonWord(decision.reason)},
            {"rule", RuleJson(image, decision.rule)},
            {"would_deny", RuleJson(image, decision.audit_rule)}};
}

}  // namespace bailiff::cli
