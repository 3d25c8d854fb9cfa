// SPDX-License-Identifier: Apache-2.0
//
// The one external function is ReviewRules().
#include "policy/review.h"

#include <algorithm>
#include <optional>

#include "policy/coverage.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

// The requests that are about any of these operations.
uint64_t AsksOf(uint64_t operations) {
    static_assert(BLF_ASK_COUNT <= 64);
    uint64_t asks = 0;
    for (size_t ask = 0; ask < AskOperations().size(); ask++) {
        if (AskOperations()[ask] & operations) asks |= uint64_t{1} << ask;
    }
    return asks;
}

// Processes: these executables (by label set of the automaton) as these users (by class).
struct Subjects {
    std::vector<bool> exe;
    std::vector<bool> uid;
};

bool Within(const std::vector<bool>& inner, const std::vector<bool>& outer) {
    for (size_t i = 0; i < inner.size(); i++) {
        if (inner[i] && !outer[i]) return false;
    }
    return true;
}

class Reviewer {
  public:
    Reviewer(const ReviewInput& input, Work* work) : in_(input), work_(work) {
        for (const Policy& policy : in_.policies) {
            for (const Rule& rule : policy.rules) rules_.push_back({&policy, &rule});
        }
        subjects_.resize(in_.clauses.clauses.size());
    }

    std::vector<Finding> Run() {
        FindCandidates();
        std::vector<Finding> findings;
        for (uint32_t rule = 0; rule < rules_.size() && !work_->spent(); rule++) {
            AddFirst(Finding::Kind::kShadowed, rule, &findings);
            AddFirst(Finding::Kind::kExceptionIsDenied, rule, &findings);
        }
        return findings;
    }

  private:
    struct Place {
        const Policy* policy;
        const Rule* rule;
    };

    // For each rule, those that match wherever it matches.
    void FindCandidates() {
        candidates_.resize(rules_.size());
        std::vector<bool> alone(rules_.size());
        const std::vector<std::vector<uint32_t>> together = RulesTogether();
        for (const auto& rules : together) {
            if (rules.size() == 1) alone[rules[0]] = true;
        }
        std::vector<bool> seen(rules_.size());
        for (const auto& rules : together) {
            for (uint32_t rule : rules) {
                if (alone[rule] || !work_->Spend(rules.size())) continue;
                if (!seen[rule]) {
                    candidates_[rule] = rules;
                    std::erase(candidates_[rule], rule);
                } else {
                    std::erase_if(candidates_[rule], [&](uint32_t other) {
                        return !std::ranges::binary_search(rules, other);
                    });
                }
                seen[rule] = true;
            }
        }
    }

    // The sets of rules that some path matches, and no others.
    std::vector<std::vector<uint32_t>> RulesTogether() const {
        const std::vector<bool> reached = ReachableStates(in_.objects, work_);
        std::vector<bool> used(in_.objects.label_sets.size());
        for (size_t i = 0; i < reached.size(); i++) {
            if (reached[i]) used[in_.objects.states[i].accepts] = true;
        }
        std::vector<std::vector<uint32_t>> together;
        for (size_t i = 1; i < used.size(); i++) {
            if (used[i]) together.push_back(in_.objects.label_sets[i]);
        }
        return together;
    }

    void AddFirst(Finding::Kind kind, uint32_t rule, std::vector<Finding>* findings) {
        for (uint32_t by : candidates_[rule]) {
            const bool found = kind == Finding::Kind::kShadowed ? IsShadowed(rule, by)
                                                                : IsExceptionDenied(rule, by);
            if (!found) continue;
            findings->push_back({kind, rule, by});
            return;
        }
    }

    bool Counts(uint32_t by, uint32_t rule) const {
        return rules_[by].policy->mode == Mode::kEnforce ||
               rules_[rule].policy->mode == Mode::kAudit;
    }

    bool IsShadowed(uint32_t rule, uint32_t by) {
        if (!Counts(by, rule) || !ClausesWithin(rule, by)) return false;
        if (!KeepsErrno(rule, by)) return false;
        const bool both = std::ranges::binary_search(candidates_[by], rule) && Counts(rule, by) &&
                          ClausesWithin(by, rule);
        return by < rule || !both;
    }

    // The clause that stands first gives the errno. Without the rule that is `by`, or one between.
    bool KeepsErrno(uint32_t rule, uint32_t by) const {
        if (rules_[rule].policy->mode == Mode::kAudit) return true;
        const ClauseSet::Range later = in_.clauses.of_rule[by];
        for (size_t i = in_.clauses.of_rule[rule].first; i < later.first + later.count; i++) {
            if (in_.clauses.clauses[i].error != rules_[rule].rule->error) return false;
        }
        return true;
    }

    bool ClausesWithin(uint32_t inner, uint32_t outer) {
        const ClauseSet::Range of = in_.clauses.of_rule[inner];
        for (size_t i = 0; i < of.count; i++) {
            if (!DeniedBy(SubjectsOf(of.first + i), in_.clauses.clauses[of.first + i],
                          AsksOf(rules_[inner].rule->operations), outer))
                return false;
        }
        return true;
    }

    // Does one clause of the rule deny all of these requests to all of these subjects?
    bool DeniedBy(const Subjects& subjects, const Clause& inner, uint64_t asks, uint32_t rule) {
        if (asks & ~AsksOf(rules_[rule].rule->operations)) return false;
        const ClauseSet::Range of = in_.clauses.of_rule[rule];
        for (size_t i = 0; i < of.count; i++) {
            if (!AsksNoMore(in_.clauses.clauses[of.first + i], inner)) continue;
            const Subjects& denied = SubjectsOf(of.first + i);
            work_->Spend((subjects.exe.size() + subjects.uid.size()) / 8 + 1);
            if (Within(subjects.exe, denied.exe) && Within(subjects.uid, denied.uid)) return true;
        }
        return false;
    }

    // Whatever executables and users they have: the outer clause says of all else nothing, or what
    // the inner one says.
    static bool AsksNoMore(const Clause& outer, const Clause& inner) {
        return AsksNoMore(outer, inner, kPathSelectors) &&
               AsksNoMore(outer, inner, kNumberSelectors);
    }

    template <typename Selectors>
    static bool AsksNoMore(const Clause& outer, const Clause& inner, const Selectors& selectors) {
        const auto same = [](const auto* outer_list, const auto* inner_list) {
            return !outer_list || (inner_list && KeyOf(*outer_list) == KeyOf(*inner_list));
        };
        return std::ranges::all_of(selectors, [&](const auto& selector) {
            if (selector.dimension == BLF_BY_EXE || selector.dimension == BLF_BY_UID) return true;
            return same(outer.Wanted(selector), inner.Wanted(selector)) &&
                   same(outer.Unwanted(selector), inner.Unwanted(selector));
        });
    }

    bool IsExceptionDenied(uint32_t rule, uint32_t by) {
        const Subject& except = rules_[rule].rule->except;
        if ((except.exe.empty() && except.uid.empty()) || !Counts(by, rule)) return false;
        const Subjects excepted = ExceptedBy(rule);
        Clause applies_to = in_.clauses.clauses[in_.clauses.of_rule[rule].first];
        applies_to.except_paths = nullptr;
        applies_to.except_numbers = nullptr;
        const auto any = [](const std::vector<bool>& bits) {
            return std::ranges::find(bits, true) != bits.end();
        };
        return any(excepted.exe) && any(excepted.uid) &&
               DeniedBy(excepted, applies_to, AsksOf(rules_[rule].rule->operations), by);
    }

    const Subjects& SubjectsOf(size_t clause) {
        std::optional<Subjects>& known = subjects_[clause];
        if (known) return *known;
        known.emplace();
        for (const auto& lists : in_.subjects.label_sets) {
            known->exe.push_back(in_.exes.Allows(clause, BLF_BY_EXE, lists));
        }
        for (const NumberClass& one : in_.uids) known->uid.push_back(one.Allows(clause));
        work_->Spend(known->exe.size() + known->uid.size());
        return *known;
    }

    // Those to whom the policy applies and the exception too.
    Subjects ExceptedBy(uint32_t rule) {
        const Subject& except = rules_[rule].rule->except;
        const size_t clause = in_.clauses.of_rule[rule].first;  // of `exe`, if both are written
        Subjects excepted;
        for (const auto& lists : in_.subjects.label_sets) {
            excepted.exe.push_back(
                in_.exes.Wants(clause, BLF_BY_EXE, lists) &&
                (except.exe.empty() || !in_.exes.Allows(clause, BLF_BY_EXE, lists)));
        }
        const std::vector<NumberRange>& applies_to = rules_[rule].policy->applies_to.uid;
        for (const NumberClass& one : in_.uids) {
            excepted.uid.push_back(HasUid(applies_to, one.first) && HasUid(except.uid, one.first));
        }
        work_->Spend(excepted.exe.size() +
                     excepted.uid.size() * (1 + applies_to.size() + except.uid.size()));
        return excepted;
    }

    static bool HasUid(const std::vector<NumberRange>& ranges, uint32_t uid) {
        return ranges.empty() || std::ranges::any_of(ranges, [&](NumberRange range) {
                   return range.first <= uid && uid <= range.last;
               });
    }

    const ReviewInput& in_;
    Work* work_;
    std::vector<Place> rules_;
    std::vector<std::vector<uint32_t>> candidates_;
    std::vector<std::optional<Subjects>> subjects_;  // by clause
};

}  // namespace

std::vector<Finding> ReviewRules(const ReviewInput& input, Work* work) {
    return Reviewer(input, work).Run();
}

}  // namespace bailiff::policy
