// SPDX-License-Identifier: Apache-2.0
//
// The one external function is ReviewRules().
#include "policy/review.h"

#include <algorithm>
#include <optional>
#include <set>

#include "policy/conditions.h"
#include "policy/coverage.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

// The requests that are about any of these operations.
blf_set AsksOf(blf_set operations) {
    static_assert(BLF_ASK_COUNT <= BLF_SET_MAX);
    blf_set asks = 0;
    for (size_t ask = 0; ask < AskOperations().size(); ask++) {
        if (AskOperations()[ask] & operations) asks |= blf_set{1} << ask;
    }
    return asks;
}

class Reviewer {
  public:
    Reviewer(const ReviewInput& input, Work* work)
        : in_(input),
          work_(work),
          who_({input.clauses.clauses, input.lists, input.subjects, input.tables}, work) {
        for (const Policy& policy : in_.policies) {
            for (const Rule& rule : policy.rules) rules_.push_back({&policy, &rule});
        }
    }

    std::vector<Finding> Run() {
        const std::vector<std::vector<uint32_t>> together = RulesTogether();
        const std::vector<bool> alone = RulesAlone(together);
        FindCandidates(together, alone);
        for (uint32_t rule = 0; rule < rules_.size() && !work_->spent(); rule++) {
            AddFirst(Finding::Kind::kShadowed, rule);
            AddFirst(Finding::Kind::kExceptionIsDenied, rule);
        }
        AddShadowedTogether(together, alone);
        std::ranges::stable_sort(findings_, {}, &Finding::rule);
        return std::move(findings_);
    }

  private:
    struct Place {
        const Policy* policy;
        const Rule* rule;
    };

    // For each rule, those that match wherever it matches.
    void FindCandidates(const std::vector<std::vector<uint32_t>>& together,
                        const std::vector<bool>& alone) {
        candidates_.resize(rules_.size());
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

    // Those that match where no other does.
    std::vector<bool> RulesAlone(const std::vector<std::vector<uint32_t>>& together) const {
        std::vector<bool> alone(rules_.size());
        for (const auto& rules : together) {
            if (rules.size() == 1) alone[rules[0]] = true;
        }
        return alone;
    }

    // The sets of rules that some path or address matches, and no others.
    std::vector<std::vector<uint32_t>> RulesTogether() const {
        const std::vector<bool> reached = ReachableStates(in_.objects, work_);
        std::vector<bool> used(in_.objects.label_sets.size());
        for (size_t i = 0; i < reached.size(); i++) {
            if (reached[i]) used[in_.objects.states[i].accepts] = true;
        }
        std::vector<std::vector<uint32_t>> together;
        for (size_t i = 1; i < used.size(); i++) {
            if (used[i]) AddDenials(in_.objects.label_sets[i], &together);
        }
        for (const RuleSet& rules : in_.addresses) AddDenials(rules, &together);
        return together;
    }

    // An allow and a deny beside it say different things.
    void AddDenials(const std::vector<uint32_t>& rules,
                    std::vector<std::vector<uint32_t>>* together) const {
        std::vector<uint32_t> denials;
        std::ranges::copy_if(rules, std::back_inserter(denials), [this](uint32_t rule) {
            return rules_[rule].rule->kind == RuleKind::kDenies;
        });
        if (!denials.empty()) together->push_back(std::move(denials));
    }

    void AddFirst(Finding::Kind kind, uint32_t rule) {
        for (uint32_t by : candidates_[rule]) {
            const bool found = kind == Finding::Kind::kShadowed ? IsShadowed(rule, by)
                                                                : IsExceptionDenied(rule, by);
            if (!found) continue;
            findings_.push_back({kind, rule, {by}});
            return;
        }
    }

    // By several rules, of which each denies some of the operations on some of the paths. From the
    // last rule on, and none by one that was found itself: all that is found can go at once.
    void AddShadowedTogether(const std::vector<std::vector<uint32_t>>& together,
                             const std::vector<bool>& alone) {
        std::vector<bool> found(rules_.size());
        for (const Finding& finding : findings_) {
            if (finding.kind == Finding::Kind::kShadowed) found[finding.rule] = true;
        }
        std::vector<std::vector<uint32_t>> sets_of(rules_.size());
        for (uint32_t set = 0; set < together.size(); set++) {
            if (!work_->Spend(together[set].size())) return;
            for (uint32_t rule : together[set]) {
                if (!alone[rule] && !found[rule]) sets_of[rule].push_back(set);
            }
        }
        for (auto rule = static_cast<uint32_t>(rules_.size()); rule-- > 0 && !work_->spent();) {
            std::set<uint32_t> by;
            const bool denied = std::ranges::all_of(sets_of[rule], [&](uint32_t set) {
                return AddThoseThatDeny(rule, together[set], found, &by);
            });
            if (!denied || by.empty()) continue;
            found[rule] = true;
            findings_.push_back({Finding::Kind::kShadowed, rule, {by.begin(), by.end()}});
        }
    }

    // Of the rules that match somewhere, those that deny there, between them, what this one does.
    // False when there are none that do.
    bool AddThoseThatDeny(uint32_t rule, const std::vector<uint32_t>& rules,
                          const std::vector<bool>& found, std::set<uint32_t>* by) {
        blf_set left = AsksOf(rules_[rule].rule->operations);
        for (uint32_t other : rules) {
            const blf_set asks = AsksOf(rules_[other].rule->operations);
            if (other == rule || found[other] || !(asks & left) || !Counts(other, rule)) continue;
            if (!ClausesWithin(rule, other) || !KeepsErrno(rule, other)) continue;
            by->insert(other);
            left &= ~asks;
            if (left == 0) return true;
        }
        return false;
    }

    bool Counts(uint32_t by, uint32_t rule) const {
        return rules_[by].policy->mode == Mode::kEnforce ||
               rules_[rule].policy->mode == Mode::kAudit;
    }

    bool IsShadowed(uint32_t rule, uint32_t by) {
        if (!Counts(by, rule) || !DeniesAllOf(rule, by)) return false;
        if (!KeepsErrno(rule, by)) return false;
        const bool both = std::ranges::binary_search(candidates_[by], rule) && Counts(rule, by) &&
                          DeniesAllOf(by, rule);
        return by < rule || !both;
    }

    // The clause that stands first gives the errno. Without the rule that is `by`, or one between.
    bool KeepsErrno(uint32_t rule, uint32_t by) const {
        if (rules_[rule].policy->mode == Mode::kAudit) return true;
        const ClauseSet::Range later = in_.clauses.of_rule[by];
        for (size_t i = in_.clauses.of_rule[rule].first; i < later.first + later.count; i++) {
            work_->Spend(1);
            if (in_.clauses.clauses[i].error != rules_[rule].rule->error) return false;
        }
        return true;
    }

    bool DeniesAllOf(uint32_t inner, uint32_t outer) {
        return HasAsksOf(inner, outer) && ClausesWithin(inner, outer);
    }

    bool HasAsksOf(uint32_t inner, uint32_t outer) const {
        return !(AsksOf(rules_[inner].rule->operations) & ~AsksOf(rules_[outer].rule->operations));
    }

    bool ClausesWithin(uint32_t inner, uint32_t outer) {
        const ClauseSet::Range of = in_.clauses.of_rule[inner];
        for (size_t i = 0; i < of.count; i++) {
            if (!IsWithinOne(who_.Of(of.first + i), outer)) return false;
        }
        return true;
    }

    // Is one clause of the rule about all of these processes?
    bool IsWithinOne(const Conditions& inner, uint32_t rule) {
        const ClauseSet::Range of = in_.clauses.of_rule[rule];
        for (size_t i = 0; i < of.count; i++) {
            if (IsWithin(inner, who_.Of(of.first + i), work_)) return true;
        }
        return false;
    }

    bool IsExceptionDenied(uint32_t rule, uint32_t by) {
        if (rules_[rule].rule->except.empty() || !Counts(by, rule) || !HasAsksOf(rule, by)) {
            return false;
        }
        const std::optional<Conditions> excepted = who_.ExceptedBy(in_.clauses.of_rule[rule]);
        return excepted && IsWithinOne(*excepted, by);
    }

    const ReviewInput& in_;
    Work* work_;
    std::vector<Place> rules_;
    std::vector<std::vector<uint32_t>> candidates_;
    ConditionTable who_;
    std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> ReviewRules(const ReviewInput& input, Work* work) {
    return Reviewer(input, work).Run();
}

}  // namespace bailiff::policy
