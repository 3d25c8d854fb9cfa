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
    std::string key = fmt::format("{} {} {} {} ", policy, static_cast<int>(rule.kind), rule.error,
                                  rule.operations);
    for (const auto& selector : kPathSelectors) {
        key += KeyOf(rule.except.*selector.field) + "|" + KeyOf(rule.details.*selector.field) + "|";
    }
    for (const auto& selector : kNumberSelectors) {
        key += KeyOf(rule.except.*selector.field) + "|" + KeyOf(rule.details.*selector.field) + "|";
    }
    return key;
}

// Of what has no selectors.
const Subject kAnybody;

bool IsIn(ClausePart part, const Policy& policy, const Rule& rule) {
    const bool audits = part == kAuditedDenials || part == kAuditedDefaults;
    const bool denies = part == kEnforcedDenials || part == kAuditedDenials;
    return (policy.mode == Mode::kAudit) == audits && (rule.kind == RuleKind::kDenies) == denies;
}

class Builder {
  public:
    explicit Builder(const std::vector<Policy>& policies) {
        for (size_t part = 0; part < kParts; part++) {
            set_.first[part] = set_.clauses.size();
            Add(policies, static_cast<ClausePart>(part));
        }
        set_.first[kParts] = set_.clauses.size();
    }

    ClauseSet Take() { return std::move(set_); }

  private:
    void Add(const std::vector<Policy>& policies, ClausePart part) {
        size_t number = 0;
        for (uint32_t i = 0; i < policies.size(); i++) {
            set_.of_rule.resize(std::max(set_.of_rule.size(), number + policies[i].rules.size()));
            for (const Rule& rule : policies[i].rules) {
                if (IsIn(part, policies[i], rule)) {
                    auto [known, is_new] = by_key_.emplace(KeyOf(rule, i), ClauseSet::Range{});
                    if (is_new) known->second = AddClauses(policies[i], i, rule);
                    set_.of_rule[number] = known->second;
                }
                number++;
            }
        }
    }

    ClauseSet::Range AddClauses(const Policy& policy, uint32_t number, const Rule& rule) {
        const size_t first = set_.clauses.size();
        const bool allows = rule.kind == RuleKind::kAllows;
        Clause clause{.kind = rule.kind,
                      .policy = number,
                      .mode = policy.mode,
                      .error = allows ? 0 : rule.error,
                      .operations = allows ? OpenedBy(rule.operations) : rule.operations,
                      .of = allows ? &kAnybody : &policy.applies_to,
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
    return Builder(policies).Take();
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
        const std::string verdict = clause.error ? " with " + ErrnoWord(clause.error) : " allowed";
        text += fmt::format("clause {}: policy {}{}{}, {}{}{}, rules", i, clause.policy,
                            clause.mode == Mode::kAudit ? " audit" : "",
                            clause.kind == RuleKind::kDefault ? " default" : "",
                            OperationList(clause.operations), verdict, DumpSubjects(clause));
        for (size_t rule = 0; rule < set.of_rule.size(); rule++) {
            const ClauseSet::Range range = set.of_rule[rule];
            if (range.first <= i && i < range.first + range.count) text += fmt::format(" {}", rule);
        }
        text += '\n';
    }
    return text;
}

}  // namespace bailiff::policy
