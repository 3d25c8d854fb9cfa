// SPDX-License-Identifier: Apache-2.0
#include "policy/run_expectations.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/explain.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

std::string RequestText(const Expectation& expectation) {
    return fmt::format("{}{}{}, {}", OperationWords()[expectation.operation],
                       expectation.object.empty() ? "" : " ", expectation.object,
                       AskerText(expectation.who));
}

std::string WantedText(const Expectation& expectation) {
    std::string text(VerdictWord(expectation.verdict));
    if (expectation.error != 0) text += fmt::format(" ({})", ErrnoWord(expectation.error));
    if (expectation.rule) {
        text += " by " + expectation.rule->policy;
        const uint32_t number = expectation.rule->number;
        if (number == kDefaultRule) text += "/default";
        if (number != 0 && number != kDefaultRule) text += fmt::format("/{}", number);
    }
    return text;
}

std::string ByRule(const ImageView& image, uint32_t number) {
    const blf_rule rule = image.rule(number);
    return fmt::format(" by {}/{} at {}:{}", image.text(image.policy(rule.policy).name),
                       RuleNumber(rule), image.text(rule.file), rule.line);
}

Verdict VerdictOf(const Explanation& explanation) {
    if (explanation.error != 0) return Verdict::kDeny;
    return explanation.audit_rule == BLF_NONE ? Verdict::kAllow : Verdict::kAudit;
}

std::string FoundText(const ImageView& image, const Explanation& explanation) {
    const Verdict verdict = VerdictOf(explanation);
    std::string text(VerdictWord(verdict));
    if (verdict == Verdict::kAudit) return text + ByRule(image, explanation.audit_rule);
    if (verdict == Verdict::kAllow) return text;
    text += fmt::format(" ({})", ErrnoWord(static_cast<int>(explanation.error)));
    if (explanation.rule != BLF_NONE) return text + ByRule(image, explanation.rule);
    return text + ", undecidable: " + std::string(ReasonMeaning(explanation.reason));
}

uint32_t NumberOf(const blf_rule& rule) {
    return rule.verdict == BLF_RULE_DEFAULT ? kDefaultRule : rule.number;
}

// Rules have no order, so a rule that applies counts, whichever is named first.
bool RuleApplies(const ImageView& image, const Explanation& explanation,
                 const Expectation& expectation) {
    const uint32_t mode =
        expectation.verdict == Verdict::kAudit ? BLF_MODE_AUDIT : BLF_MODE_ENFORCE;
    return std::ranges::any_of(explanation.opinions, [&](const RuleOpinion& opinion) {
        if (!opinion.applies) return false;
        const blf_rule rule = image.rule(opinion.rule);
        const blf_policy policy = image.policy(rule.policy);
        const RuleReference& wanted = *expectation.rule;
        return policy.mode == mode && image.text(policy.name) == wanted.policy &&
               rule.verdict != BLF_RULE_ALLOWS &&
               (wanted.number == 0 || wanted.number == NumberOf(rule));
    });
}

TestResult Run(const ImageView& image, const Expectation& expectation) {
    TestResult result{.request = RequestText(expectation),
                      .wanted = WantedText(expectation),
                      .found = {},
                      .where = expectation.where};
    const Result<Explanation> explanation = Explain(
        image, RequestOf(AskOf(expectation.operation), expectation.object, expectation.who));
    if (!explanation) {
        result.found = explanation.error().message;
        return result;
    }
    result.found = FoundText(image, *explanation);
    result.passed =
        VerdictOf(*explanation) == expectation.verdict &&
        (expectation.error == 0 || static_cast<int>(explanation->error) == expectation.error) &&
        (!expectation.rule || RuleApplies(image, *explanation, expectation));
    return result;
}

}  // namespace

std::vector<TestResult> RunExpectations(const ImageView& image, const ExpectationSet& set) {
    std::vector<TestResult> results;
    for (const Expectation& expectation : set.expectations) {
        results.push_back(Run(image, expectation));
    }
    return results;
}

}  // namespace bailiff::policy
