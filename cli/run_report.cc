// SPDX-License-Identifier: Apache-2.0
#include "cli/run_report.h"

#include <vector>

#include "cli/verdict_text.h"
#include "fmt/format.h"

namespace bailiff::cli {
namespace {

uint64_t Undecidable(const policy::ImageView& image) {
    uint64_t count = 0;
    for (uint32_t policy = 0; policy < image.index().policy_count; policy++)
        count += image.policy_tally(policy).undecidable;
    return count;
}

}  // namespace

std::string RunReportText(const policy::ImageView& image) {
    std::vector<std::vector<std::string>> rows;
    for (uint32_t rule = 0; rule < image.index().rule_count; rule++) {
        const blf_tally tally = image.rule_tally(rule);
        if (tally.denied) {
            rows.push_back({"denied", Count(tally.denied, "request"), RuleText(image, rule)});
        }
        if (tally.would_deny) {
            rows.push_back(
                {"would deny", Count(tally.would_deny, "request"), RuleText(image, rule)});
        }
    }
    const uint64_t undecidable = Undecidable(image);
    if (undecidable) rows.push_back({"undecidable", Count(undecidable, "request"), ""});
    return rows.empty() ? "bailiff: no rule was about anything that was asked for\n"
                        : "bailiff:\n" + Table(rows, "  ");
}

Json RunReportJson(const policy::ImageView& image) {
    Json json = {{"rules", Json::array()}, {"undecidable", Undecidable(image)}};
    for (uint32_t rule = 0; rule < image.index().rule_count; rule++) {
        const blf_tally tally = image.rule_tally(rule);
        if (tally.denied == 0 && tally.would_deny == 0) continue;
        json["rules"].push_back(CountedRuleJson(image, rule));
    }
    return json;
}

}  // namespace bailiff::cli
