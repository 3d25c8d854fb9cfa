// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "decide/testing/oracle.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace bailiff::decide::testing {
namespace {

using policy::Component;
using policy::Glob;
using policy::Mode;
using policy::PathPattern;
using policy::Policy;
using policy::Rule;
using policy::Subject;

// The lengths of beginnings of something, of this length at most.
using Lengths = std::vector<bool>;

// Each length and all above it.
Lengths AndLonger(Lengths lengths) {
    for (size_t i = 1; i < lengths.size(); i++) lengths[i] = lengths[i] || lengths[i - 1];
    return lengths;
}

// Element by element: which beginnings of the name are matched so far?
bool MatchBytes(const Glob& glob, std::string_view name) {
    Lengths matched(name.size() + 1);
    matched[0] = true;
    for (const policy::GlobElement& element : glob) {
        if (element.star) {
            matched = AndLonger(matched);
            continue;
        }
        Lengths longer(name.size() + 1);
        for (size_t i = 0; i < name.size(); i++) {
            longer[i + 1] = matched[i] && element.bytes.test(static_cast<unsigned char>(name[i]));
        }
        matched = longer;
    }
    return matched[name.size()];
}

bool MatchComponent(const Component& component, const std::string& name) {
    if (!component.name.empty()) return component.name == name;
    return std::ranges::any_of(component.choices,
                               [&](const Glob& glob) { return MatchBytes(glob, name); });
}

// Component by component: which beginnings of the path are matched so far?
bool MatchComponents(const PathPattern& pattern, const Components& path) {
    Lengths matched(path.size() + 1);
    matched[0] = true;
    for (const Component& component : pattern.components) {
        if (component.any_depth) {
            matched = AndLonger(matched);
            continue;
        }
        Lengths longer(path.size() + 1);
        for (size_t i = 0; i < path.size(); i++) {
            longer[i + 1] = matched[i] && MatchComponent(component, path[i]);
        }
        matched = longer;
    }
    return matched[path.size()];
}

bool AnyMatches(const std::vector<PathPattern>& patterns, const OraclePath& path) {
    return std::ranges::any_of(
        patterns, [&](const PathPattern& pattern) { return OracleMatches(pattern, path); });
}

// All selectors that were written.
bool SubjectMatches(const Subject& subject, const OracleRequest& request) {
    if (!subject.exe.empty() && !(request.exe && AnyMatches(subject.exe, *request.exe))) {
        return false;
    }
    return subject.uid.empty() || std::ranges::any_of(subject.uid, [&](policy::UidRange range) {
               return range.first <= request.uid && request.uid <= range.last;
           });
}

uint64_t OperationsOf(blf_ask ask) {
    switch (ask) {
#define BLF_ASK(id, operations) \
    case BLF_ASK_##id:          \
        return operations;
#include "abi/asks.def"
#undef BLF_ASK
        default:
            return 0;
    }
}

// As written: `{exe: [a, b]}` and `{exe: [b, a]}` are two families, which only moves the error.
bool SameSubject(const Subject& a, const Subject& b) {
    return a.uid == b.uid &&
           std::ranges::equal(a.exe, b.exe, {}, &PathPattern::text, &PathPattern::text);
}

bool SameFamily(const Rule& a, const Rule& b) {
    return a.operations == b.operations && a.error == b.error && SameSubject(a.except, b.except);
}

std::vector<const Policy*> InOrder(const std::vector<Policy>& policies, Mode mode) {
    std::vector<const Policy*> chosen;
    for (const Policy& policy : policies) {
        if (policy.mode == mode) chosen.push_back(&policy);
    }
    std::ranges::sort(chosen, {}, [](const Policy* policy) { return policy->name; });
    return chosen;
}

// The rule of this policy that answers: an index, or nothing when no rule applies.
std::optional<size_t> AnswerOf(const Policy& policy, const std::vector<bool>& applies) {
    for (const Rule& head : policy.rules) {
        for (size_t i = 0; i < policy.rules.size(); i++) {
            if (applies[i] && SameFamily(head, policy.rules[i])) return i;
        }
    }
    return std::nullopt;
}

// Adds the mode's applying rules to `applying`; returns the one that answers.
std::optional<OracleRule> Ask(const std::vector<Policy>& policies, Mode mode,
                              const OracleRequest& request, int* error,
                              std::vector<OracleRule>* applying) {
    std::optional<OracleRule> answer;
    for (const Policy* policy : InOrder(policies, mode)) {
        std::vector<bool> applies;
        for (const Rule& rule : policy->rules) {
            applies.push_back(OracleApplies(*policy, rule, request));
            auto number = static_cast<uint32_t>(applies.size());
            if (applies.back()) applying->push_back({policy->name, number});
        }
        std::optional<size_t> rule = AnswerOf(*policy, applies);
        if (!rule || answer) continue;
        answer = {policy->name, static_cast<uint32_t>(*rule + 1)};
        *error = policy->rules[*rule].error;
    }
    return answer;
}

}  // namespace

bool OracleMatches(const PathPattern& pattern, const OraclePath& path) {
    if (path.lost && !(!pattern.components.empty() && pattern.components[0].any_depth)) {
        return false;
    }
    return MatchComponents(pattern, path.components);
}

bool OracleApplies(const Policy& policy, const Rule& rule, const OracleRequest& request) {
    if ((OperationsOf(request.ask) & rule.operations) == 0) return false;
    if (!AnyMatches(rule.objects, request.object)) return false;
    if (!SubjectMatches(policy.applies_to, request)) return false;
    return rule.except.empty() || !SubjectMatches(rule.except, request);
}

OracleVerdict OracleDecide(const std::vector<Policy>& policies, const OracleRequest& request) {
    OracleVerdict verdict;
    int audit_error = 0;
    verdict.rule = Ask(policies, Mode::kEnforce, request, &verdict.error, &verdict.applying);
    verdict.audit = Ask(policies, Mode::kAudit, request, &audit_error, &verdict.applying);
    return verdict;
}

}  // namespace bailiff::decide::testing
