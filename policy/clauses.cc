// SPDX-License-Identifier: Apache-2.0
#include "policy/clauses.h"

#include <algorithm>
#include <map>

#include "fmt/format.h"

namespace bailiff::policy {
namespace {

// What makes the clauses of two rules of one policy the same bits.
std::string KeyOf(const Rule& rule, uint32_t policy) {
    std::string key = fmt::format("{} {} {}", policy, rule.error, rule.operations);
    for (const PathPattern& pattern : rule.except.exe) {
        key += fmt::format(" {}:{}", pattern.text.size(), pattern.text);
    }
    for (const UidRange& range : rule.except.uid) {
        key += fmt::format(" {}-{}", range.first, range.last);
    }
    return key;
}

std::vector<Subject> SplitException(const Subject& except) {
    std::vector<Subject> parts;
    if (!except.exe.empty()) parts.push_back({.exe = except.exe, .uid = {}});
    if (!except.uid.empty()) parts.push_back({.exe = {}, .uid = except.uid});
    if (parts.empty()) parts.emplace_back();
    return parts;
}

class Builder {
  public:
    void Add(const Policy& policy, uint32_t number) {
        for (const Rule& rule : policy.rules) {
            auto known = by_key_.find(KeyOf(rule, number));
            ClauseSet::Range range =
                known != by_key_.end() ? known->second : AddClauses(policy, number, rule);
            by_key_.emplace(KeyOf(rule, number), range);
            auto rule_number = static_cast<uint32_t>(set_.of_rule.size());
            for (size_t i = range.first; i < range.first + range.count; i++) {
                for (const PathPattern& object : rule.objects) {
                    set_.clauses[i].objects.emplace_back(&object, rule_number);
                }
            }
            set_.of_rule.push_back(range);
        }
    }

    ClauseSet Take() { return std::move(set_); }

  private:
    ClauseSet::Range AddClauses(const Policy& policy, uint32_t number, const Rule& rule) {
        ClauseSet::Range range{set_.clauses.size(), 0};
        for (Subject& part : SplitException(rule.except)) {
            set_.clauses.push_back({.policy = number,
                                    .mode = policy.mode,
                                    .error = rule.error,
                                    .operations = rule.operations,
                                    .applies_to = policy.applies_to,
                                    .except = std::move(part),
                                    .objects = {}});
            range.count++;
        }
        if (policy.mode == Mode::kEnforce) set_.enforcing = set_.clauses.size();
        return range;
    }

    ClauseSet set_;
    std::map<std::string, ClauseSet::Range> by_key_;
};

bool AnyExe(const std::vector<PathPattern>& wanted, const std::vector<std::string>& matched) {
    return std::ranges::any_of(wanted, [&](const PathPattern& pattern) {
        return std::ranges::find(matched, pattern.text) != matched.end();
    });
}

bool AnyUid(const std::vector<UidRange>& wanted, uint32_t uid) {
    return std::ranges::any_of(
        wanted, [&](UidRange range) { return range.first <= uid && uid <= range.last; });
}

}  // namespace

ClauseSet MakeClauses(const std::vector<Policy>& policies) {
    Builder builder;
    for (uint32_t i = 0; i < policies.size(); i++) builder.Add(policies[i], i);
    return builder.Take();
}

bool ExeAllowed(const Clause& clause, const std::vector<std::string>& exe_patterns) {
    if (!clause.applies_to.exe.empty() && !AnyExe(clause.applies_to.exe, exe_patterns)) {
        return false;
    }
    return clause.except.exe.empty() || !AnyExe(clause.except.exe, exe_patterns);
}

bool UidAllowed(const Clause& clause, uint32_t uid) {
    if (!clause.applies_to.uid.empty() && !AnyUid(clause.applies_to.uid, uid)) return false;
    return clause.except.uid.empty() || !AnyUid(clause.except.uid, uid);
}

}  // namespace bailiff::policy
