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
    for (const auto& selector : kPathSelectors) {
        key += KeyOf(rule.except.*selector.field) + "|" + KeyOf(rule.details.*selector.field) + "|";
    }
    for (const auto& selector : kNumberSelectors) {
        key += KeyOf(rule.except.*selector.field) + "|" + KeyOf(rule.details.*selector.field) + "|";
    }
    return key;
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
                      .of = &policy.applies_to,
                      .details = &rule.details};
        if (rule.except.empty()) set_.clauses.push_back(clause);
        clause.except = &rule.except;
        for (const auto& selector : kPathSelectors) {
            clause.except_paths = &selector;
            if (!(rule.except.*selector.field).empty()) set_.clauses.push_back(clause);
        }
        clause.except_paths = nullptr;
        for (const auto& selector : kNumberSelectors) {
            clause.except_numbers = &selector;
            if (!(rule.except.*selector.field).empty()) set_.clauses.push_back(clause);
        }
        if (policy.mode == Mode::kEnforce) set_.enforcing = set_.clauses.size();
        return {first, set_.clauses.size() - first};
    }

    ClauseSet set_;
    std::unordered_map<std::string, ClauseSet::Range> by_key_;
};

std::string Dump(std::string_view what, std::string_view word, const Patterns* patterns) {
    if (!patterns) return {};
    std::string text = fmt::format(" {} {}", what, word);
    for (const PathPattern& pattern : *patterns) text += " " + pattern.text;
    return text;
}

std::string Dump(std::string_view what, std::string_view word, const Ranges* ranges) {
    if (!ranges) return {};
    return fmt::format(" {} {}{}", what, word, KeyOf(*ranges));
}

std::string DumpSubjects(const Clause& clause) {
    std::string text;
    for (const auto& one : kPathSelectors) text += Dump("of", one.word, clause.Wanted(one));
    for (const auto& one : kNumberSelectors) text += Dump("of", one.word, clause.Wanted(one));
    for (const auto& one : kPathSelectors) text += Dump("not", one.word, clause.Unwanted(one));
    for (const auto& one : kNumberSelectors) text += Dump("not", one.word, clause.Unwanted(one));
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

std::string KeyOf(const Patterns& patterns) {
    std::string key;
    for (const PathPattern& one : patterns) {
        key += fmt::format("{}{}:{}", one.outside ? "!" : "", one.text.size(), one.text);
    }
    return key;
}

std::string KeyOf(const Ranges& ranges) {
    std::string key;
    for (const NumberRange& one : ranges) key += fmt::format(" {}-{}", one.first, one.last);
    return key;
}

std::string DumpClauses(const ClauseSet& set) {
    std::string text;
    for (size_t i = 0; i < set.clauses.size(); i++) {
        const Clause& clause = set.clauses[i];
        text += fmt::format("clause {}: policy {}{}, {} with {}{}, rules", i, clause.policy,
                            clause.mode == Mode::kAudit ? " audit" : "",
                            OperationList(clause.operations), ErrnoWord(clause.error),
                            DumpSubjects(clause));
        for (size_t rule = 0; rule < set.of_rule.size(); rule++) {
            const ClauseSet::Range range = set.of_rule[rule];
            if (range.first <= i && i < range.first + range.count) text += fmt::format(" {}", rule);
        }
        text += '\n';
    }
    return text;
}

}  // namespace bailiff::policy
