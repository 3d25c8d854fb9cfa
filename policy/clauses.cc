// SPDX-License-Identifier: Apache-2.0
#include "policy/clauses.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "fmt/format.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

// What rules of one policy must have in common to be one clause.
std::string KeyOf(const Rule& rule, uint32_t policy) {
    std::string key = fmt::format("{} {} {} ", policy, rule.error, rule.operations);
    key += KeyOf(rule.except.exe);
    for (const UidRange& range : rule.except.uid) {
        key += fmt::format(" {}-{}", range.first, range.last);
    }
    return key;
}

template <typename List>
const List* IfWritten(const List& list) {
    return list.empty() ? nullptr : &list;
}

class Builder {
  public:
    void Add(const Policy& policy, uint32_t number) {
        for (const Rule& rule : policy.rules) {
            auto [known, is_new] = by_key_.emplace(KeyOf(rule, number), ClauseSet::Range{});
            if (is_new) known->second = AddClauses(policy, number, rule);
            set_.of_rule.push_back(known->second);
        }
    }

    ClauseSet Take() { return std::move(set_); }

  private:
    ClauseSet::Range AddClauses(const Policy& policy, uint32_t number, const Rule& rule) {
        const size_t first = set_.clauses.size();
        Clause clause{.policy = number,
                      .mode = policy.mode,
                      .error = rule.error,
                      .operations = rule.operations,
                      .exe = IfWritten(policy.applies_to.exe),
                      .uid = IfWritten(policy.applies_to.uid)};
        if (rule.except.empty()) set_.clauses.push_back(clause);
        if (!rule.except.exe.empty()) {
            set_.clauses.push_back(clause);
            set_.clauses.back().not_exe = &rule.except.exe;
        }
        if (!rule.except.uid.empty()) {
            set_.clauses.push_back(clause);
            set_.clauses.back().not_uid = &rule.except.uid;
        }
        if (policy.mode == Mode::kEnforce) set_.enforcing = set_.clauses.size();
        return {first, set_.clauses.size() - first};
    }

    ClauseSet set_;
    std::unordered_map<std::string, ClauseSet::Range> by_key_;
};

std::string Dump(std::string_view what, Clause::Exes exes, Clause::Uids uids) {
    std::string text;
    if (exes) {
        text += fmt::format(" {} exe", what);
        for (const PathPattern& exe : *exes) text += " " + exe.text;
    }
    if (uids) {
        text += fmt::format(" {} uid", what);
        for (UidRange uid : *uids) text += fmt::format(" {}-{}", uid.first, uid.last);
    }
    return text;
}

}  // namespace

void SortPolicies(std::vector<Policy>* policies) {
    std::ranges::sort(*policies, [](const Policy& a, const Policy& b) {
        return std::tie(a.mode, a.name) < std::tie(b.mode, b.name);
    });
}

ClauseSet MakeClauses(const std::vector<Policy>& policies) {
    Builder builder;
    for (uint32_t i = 0; i < policies.size(); i++) builder.Add(policies[i], i);
    return builder.Take();
}

std::vector<Labelled> LabelObjects(const std::vector<Policy>& policies) {
    std::vector<Labelled> patterns;
    uint32_t number = 0;
    for (const Policy& policy : policies) {
        for (const Rule& rule : policy.rules) {
            for (const PathPattern& object : rule.objects) patterns.push_back({&object, number});
            number++;
        }
    }
    return patterns;
}

std::string KeyOf(const std::vector<PathPattern>& exes) {
    std::string key;
    for (const PathPattern& exe : exes) key += fmt::format("{}:{}", exe.text.size(), exe.text);
    return key;
}

std::string DumpClauses(const ClauseSet& set) {
    std::string text;
    for (size_t i = 0; i < set.clauses.size(); i++) {
        const Clause& clause = set.clauses[i];
        text += fmt::format("clause {}: policy {}{}, {} with {}{}{}, rules", i, clause.policy,
                            clause.mode == Mode::kAudit ? " audit" : "",
                            OperationList(clause.operations), ErrnoWord(clause.error),
                            Dump("of", clause.exe, clause.uid),
                            Dump("not", clause.not_exe, clause.not_uid));
        for (size_t rule = 0; rule < set.of_rule.size(); rule++) {
            const ClauseSet::Range range = set.of_rule[rule];
            if (range.first <= i && i < range.first + range.count) text += fmt::format(" {}", rule);
        }
        text += '\n';
    }
    return text;
}

}  // namespace bailiff::policy
