// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "decide/testing/oracle_match.h"

namespace bailiff::decide::testing {
namespace {

using policy::Component;
using policy::Glob;
using policy::Mode;
using policy::PathPattern;
using policy::Policy;
using policy::Rule;
using policy::RuleKind;
using policy::Subject;

// The rules that refuse a move in one mode: their families in order, as for requests.
using Applies = std::function<bool(const Policy&, const Rule&)>;

std::optional<OracleRule> FirstOf(const std::vector<Policy>& policies, Mode mode,
                                  const Applies& applies, int* error) {
    for (const Policy* policy : InOrder(policies, mode)) {
        std::vector<bool> applying;
        for (const Rule& rule : policy->rules) applying.push_back(applies(*policy, rule));
        if (std::optional<size_t> rule = AnswerOf(*policy, applying)) {
            *error = policy->rules[*rule].error;
            return OracleRule{policy->name, static_cast<uint32_t>(*rule + 1)};
        }
    }
    return std::nullopt;
}

bool Concerns(const Policy& policy, const Rule& rule, const OracleMove& move) {
    return rule.kind == RuleKind::kDenies && SubjectMatches(policy.applies_to, move.who) &&
           (rule.except.empty() || !SubjectMatches(rule.except, move.who));
}

// How many of a pattern's components can have been matched by now.
using Positions = std::vector<bool>;

void SkipAnyDepth(const PathPattern& pattern, Positions* at) {
    for (size_t i = 0; i < pattern.components.size(); i++) {
        if ((*at)[i] && pattern.components[i].any_depth) (*at)[i + 1] = true;
    }
}

Positions StepTo(const PathPattern& pattern, const Positions& at, const std::string& name) {
    Positions next(at.size());
    for (size_t i = 0; i < pattern.components.size(); i++) {
        if (!at[i]) continue;
        if (pattern.components[i].any_depth) {
            next[i] = true;
        } else if (MatchComponent(pattern.components[i], name)) {
            next[i + 1] = true;
        }
    }
    SkipAnyDepth(pattern, &next);
    return next;
}

Positions PositionsAt(const PathPattern& pattern, const OraclePath& path) {
    Positions at(pattern.components.size() + 1);
    at[0] = !path.lost || (!pattern.components.empty() && pattern.components[0].any_depth);
    SkipAnyDepth(pattern, &at);
    for (const std::string& name : path.components) at = StepTo(pattern, at, name);
    return at;
}

// Of each of a rule's patterns, under each of the names.
using Standing = std::vector<std::pair<const PathPattern*, Positions>>;

Standing StandingAt(const Rule& rule, const std::vector<OraclePath>& names) {
    Standing standing;
    for (const OraclePath& name : names) {
        for (const PathPattern& pattern : rule.objects) {
            standing.emplace_back(&pattern, PositionsAt(pattern, name));
        }
    }
    return standing;
}

bool Accepts(const Standing& standing) {
    return std::ranges::any_of(standing, [](const auto& one) { return one.second.back(); });
}

// What a pattern still asks for, some name has.
bool MatchesAtOrBelow(const Standing& standing) {
    return std::ranges::any_of(standing, [](const auto& one) {
        return std::ranges::find(one.second, true) != one.second.end();
    });
}

Standing StepTo(Standing standing, const std::string& name) {
    for (auto& [pattern, at] : standing) at = StepTo(*pattern, at, name);
    return standing;
}

// A name that the glob matches; what a star stands for is given.
std::string NameOf(const Glob& glob, const std::string& star) {
    std::string name;
    for (const policy::GlobElement& element : glob) {
        if (element.star) {
            name += star;
            continue;
        }
        for (int byte = 1; byte < 256; byte++) {
            if (byte == '/' || !element.bytes.test(byte)) continue;
            name += static_cast<char>(byte);
            break;
        }
    }
    return name;
}

// Names that tell the rule's components apart, as far as one of each kind can.
std::set<std::string> NamesFor(const Rule& rule) {
    std::set<std::string> names = {"\x02\x03"};
    for (const PathPattern& pattern : rule.objects) {
        for (const Component& component : pattern.components) {
            if (!component.name.empty()) names.insert(component.name);
            for (const Glob& glob : component.choices) {
                names.insert(NameOf(glob, ""));
                names.insert(NameOf(glob, "\x02\x03"));
            }
        }
    }
    names.erase("");
    return names;
}

// More would take too long; not told apart is on the side of "the same".
constexpr size_t kPlacesMost = 600;

// Does the rule match the same suffixes behind both?
bool MatchesTheSame(const Rule& rule, const Standing& from, const Standing& to) {
    const std::set<std::string> names = NamesFor(rule);
    std::set<std::pair<Standing, Standing>> seen = {{from, to}};
    std::vector<std::pair<Standing, Standing>> open = {{from, to}};
    while (!open.empty()) {
        const auto [one, other] = open.back();
        open.pop_back();
        if (Accepts(one) != Accepts(other)) return false;
        for (const std::string& name : names) {
            auto next = std::pair(StepTo(one, name), StepTo(other, name));
            if (seen.size() < kPlacesMost && seen.insert(next).second) {
                open.push_back(std::move(next));
            }
        }
    }
    return true;
}

std::vector<OraclePath> OldNames(const OracleMove& move) {
    std::vector<OraclePath> names = move.from;
    if (move.tag) names.push_back(*move.tag);
    return names;
}

bool MatchesAnyOf(const Rule& rule, const std::vector<OraclePath>& names) {
    return std::ranges::any_of(
        names, [&](const OraclePath& name) { return AnyMatches(rule.objects, name); });
}

// The first rule on the old side, else on the new one.
std::optional<OracleRule> FirstOfEither(const std::vector<Policy>& policies, Mode mode,
                                        const Applies& from, const Applies& to, int* error) {
    std::optional<OracleRule> rule = FirstOf(policies, mode, from, error);
    return rule ? rule : FirstOf(policies, mode, to, error);
}

// What a policy denies by default, of what is at this name; of a directory that moves there, at it
// and at all that is below.
blf_set ClosedAt(const Policy& policy, const OracleMove& move, const OraclePath& name) {
    const Rule* closes = DefaultOf(policy);
    if (closes == nullptr || !SubjectMatches(policy.applies_to, move.who)) return 0;
    blf_set opened = 0;
    for (const Rule& rule : policy.rules) {
        if (rule.kind != RuleKind::kAllows) continue;
        const bool opens = move.directory ? MatchesAtOrBelow(StandingAt(rule, {name}))
                                          : AnyMatches(rule.objects, name);
        if (opens) opened |= OpenedBy(rule.operations);
    }
    return closes->operations & BLF_PATH_OPERATIONS & ~opened;
}

// The first default that denies something under the old name which no default denies under the new
// one. An allow follows the visible name. What is below a directory can be closed all over.
std::optional<OracleRule> AskDefaults(const std::vector<Policy>& policies, Mode mode,
                                      const OracleMove& move, int* error) {
    const auto from_of = [&](const Policy& policy) -> blf_set {
        if (!move.directory) return ClosedAt(policy, move, move.from.front());
        const Rule* closes = DefaultOf(policy);
        const bool governs = closes && SubjectMatches(policy.applies_to, move.who);
        return governs ? closes->operations & BLF_PATH_OPERATIONS : 0;
    };
    blf_set from = 0;
    blf_set to = 0;
    for (const Policy* policy : InOrder(policies, mode)) {
        from |= from_of(*policy);
        to |= ClosedAt(*policy, move, move.to.front());
    }
    for (const Policy* policy : InOrder(policies, mode)) {
        if ((from_of(*policy) & from & ~to) == 0) continue;
        *error = DefaultOf(*policy)->error;
        return NameOfDefault(*policy);
    }
    return std::nullopt;
}

std::optional<OracleRule> AskFileMove(const std::vector<Policy>& policies, Mode mode,
                                      const OracleMove& move, int* error) {
    const std::vector<OraclePath> old_names = OldNames(move);
    blf_set from = 0;
    blf_set to = 0;
    for (const Policy* policy : InOrder(policies, mode)) {
        for (const Rule& rule : policy->rules) {
            if (!Concerns(*policy, rule, move)) continue;
            if (MatchesAnyOf(rule, old_names)) from |= rule.operations;
            if (MatchesAnyOf(rule, move.to)) to |= rule.operations;
        }
    }
    const auto by = [&](const std::vector<OraclePath>& names) {
        return [&move, &names, gained = from ^ to](const Policy& policy, const Rule& rule) {
            return Concerns(policy, rule, move) && MatchesAnyOf(rule, names) &&
                   (rule.operations & gained) != 0;
        };
    };
    std::optional<OracleRule> denial =
        FirstOfEither(policies, mode, by(old_names), by(move.to), error);
    return denial ? denial : AskDefaults(policies, mode, move, error);
}

bool IsTagged(const Rule& rule, const OracleMove& move) {
    return move.tag && AnyMatches(rule.objects, *move.tag);
}

std::optional<OracleRule> AskDirectoryMove(const std::vector<Policy>& policies, Mode mode,
                                           const OracleMove& move, int* error) {
    bool same = true;
    for (const Policy* policy : InOrder(policies, mode)) {
        for (const Rule& rule : policy->rules) {
            const bool opens =
                rule.kind == RuleKind::kAllows && SubjectMatches(policy->applies_to, move.who);
            if (!opens && !Concerns(*policy, rule, move)) continue;
            same = same && !IsTagged(rule, move) &&
                   MatchesTheSame(rule, StandingAt(rule, move.from), StandingAt(rule, move.to));
        }
    }
    if (same) return std::nullopt;
    std::optional<OracleRule> denial = FirstOfEither(
        policies, mode,
        [&](const Policy& policy, const Rule& rule) {
            return Concerns(policy, rule, move) &&
                   (IsTagged(rule, move) || MatchesAtOrBelow(StandingAt(rule, move.from)));
        },
        [&](const Policy& policy, const Rule& rule) {
            return Concerns(policy, rule, move) && MatchesAtOrBelow(StandingAt(rule, move.to));
        },
        error);
    return denial ? denial : AskDefaults(policies, mode, move, error);
}

std::optional<OracleRule> AskMove(const std::vector<Policy>& policies, Mode mode,
                                  const OracleMove& move, int* error) {
    return move.directory ? AskDirectoryMove(policies, mode, move, error)
                          : AskFileMove(policies, mode, move, error);
}

}  // namespace

OracleVerdict OracleDecideMove(const std::vector<Policy>& policies, const OracleMove& move) {
    OracleVerdict verdict;
    int audit_error = 0;
    verdict.rule = AskMove(policies, Mode::kEnforce, move, &verdict.error);
    verdict.audit = AskMove(policies, Mode::kAudit, move, &audit_error);
    return verdict;
}

}  // namespace bailiff::decide::testing
