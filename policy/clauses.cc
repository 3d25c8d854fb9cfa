// SPDX-License-Identifier: Apache-2.0
#include "policy/clauses.h"

#include <algorithm>
#include <map>

#include "fmt/format.h"

namespace bailiff::policy {
namespace {

// What makes two clauses of one policy the same bit.
std::string KeyOf(const Clause& clause) {
    std::string key = fmt::format("{} {} {}", clause.policy, clause.error, clause.operations);
    for (const PathPattern& pattern : clause.except.exe) {
        key += fmt::format(" {}:{}", pattern.text.size(), pattern.text);
    }
    for (const UidRange& range : clause.except.uid) {
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
            for (Subject& part : SplitException(rule.except)) {
                Clause clause{.policy = number,
                              .mode = policy.mode,
                              .error = rule.error,
                              .operations = rule.operations,
                              .applies_to = policy.applies_to,
                              .except = std::move(part),
                              .objects = {}};
                auto [at, is_new] = by_key_.emplace(KeyOf(clause), clauses_.size());
                if (is_new) clauses_.push_back(std::move(clause));
                auto& objects = clauses_[at->second].objects;
                for (const PathPattern& object : rule.objects) objects.emplace_back(&object, rule_);
            }
            rule_++;
        }
    }

    std::vector<Clause> Take() {
        std::stable_partition(clauses_.begin(), clauses_.end(), [](const Clause& clause) {
            return clause.mode == Mode::kEnforce;
        });
        return std::move(clauses_);
    }

  private:
    std::vector<Clause> clauses_;
    std::map<std::string, size_t> by_key_;
    uint32_t rule_ = 0;
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

std::vector<Clause> MakeClauses(const std::vector<Policy>& policies) {
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
