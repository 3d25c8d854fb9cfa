// SPDX-License-Identifier: Apache-2.0
#include "policy/people_sections.h"

namespace bailiff::policy {
namespace {

std::vector<blf_link> LinksOf(const std::vector<Policy>& policies, TextTable* texts) {
    std::vector<blf_link> links;
    const auto add = [&](uint32_t policy, uint32_t rule, const std::vector<FollowedLink>& all) {
        for (const FollowedLink& link : all) {
            links.push_back(
                {policy, rule, texts->IndexOf(link.spelling), texts->IndexOf(link.target)});
        }
    };
    uint32_t rule_number = 0;
    for (uint32_t i = 0; i < policies.size(); i++) {
        add(i, BLF_NONE, policies[i].links);
        for (const Rule& rule : policies[i].rules) add(i, rule_number++, rule.links);
    }
    return links;
}

blf_policy RecordOf(const Policy& policy, TextTable* texts) {
    return {.name = texts->IndexOf(policy.name),
            .description = texts->IndexOf(policy.description),
            .mode = policy.mode == Mode::kAudit ? BLF_MODE_AUDIT : BLF_MODE_ENFORCE,
            .rules = static_cast<uint32_t>(policy.rules.size())};
}

uint32_t VerdictOf(RuleKind kind) {
    switch (kind) {
        case RuleKind::kDenies:
            return BLF_RULE_DENIES;
        case RuleKind::kAllows:
            return BLF_RULE_ALLOWS;
        case RuleKind::kDefault:
            break;
    }
    return BLF_RULE_DEFAULT;
}

}  // namespace

void AddPeopleSections(const std::vector<Policy>& policies, const Sources& sources,
                       const ClauseSet& clauses, const std::function<uint32_t(size_t)>& bit_of,
                       const SectionsInto& into) {
    TextTable texts;
    std::vector<blf_policy> records;
    std::vector<blf_rule> rules;
    for (uint32_t i = 0; i < policies.size(); i++) {
        records.push_back(RecordOf(policies[i], &texts));
        uint32_t number = 1;
        for (const Rule& rule : policies[i].rules) {
            const ClauseSet::Range range = clauses.of_rule[rules.size()];
            rules.push_back({.policy = i,
                             .number = number++,
                             .file = texts.IndexOf(PlaceOf(sources[rule.where.file])),
                             .line = rule.where.line,
                             .error = static_cast<uint16_t>(rule.error),
                             .clauses = static_cast<uint16_t>(range.count),
                             .clause = bit_of(range.first),
                             .verdict = VerdictOf(rule.kind),
                             .pad = 0});
        }
    }
    into.index->policy_count = static_cast<uint32_t>(records.size());
    into.index->rule_count = static_cast<uint32_t>(rules.size());
    into.index->policy_first = into.writer->AddRecords(records);
    into.index->rule_first = into.writer->AddRecords(rules);
    const std::vector<blf_link> links = LinksOf(policies, &texts);
    if (!links.empty()) {
        into.digest->link_count = static_cast<uint32_t>(links.size());
        into.digest->link_first = into.writer->AddRecords(links);
    }
    into.index->text_first = into.writer->AddBytes(texts.bytes().data(), texts.bytes().size());
}

}  // namespace bailiff::policy
