// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "decide/testing/oracle_match.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace bailiff::decide::testing {

using policy::Component;
using policy::Glob;
using policy::Mode;
using policy::PathPattern;
using policy::Policy;
using policy::Rule;
using policy::RuleKind;
using policy::Subject;

namespace {

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

}  // namespace

bool MatchComponent(const Component& component, const std::string& name) {
    if (!component.name.empty()) return component.name == name;
    return std::ranges::any_of(component.choices,
                               [&](const Glob& glob) { return MatchBytes(glob, name); });
}

namespace {

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

}  // namespace

bool AnyMatches(const std::vector<PathPattern>& patterns, const OraclePath& path) {
    return std::ranges::any_of(
        patterns, [&](const PathPattern& pattern) { return OracleMatches(pattern, path); });
}

bool NumberMatches(const policy::Ranges& ranges, uint32_t number) {
    return ranges.empty() || std::ranges::any_of(ranges, [&](policy::NumberRange range) {
               return range.first <= number && number <= range.last;
           });
}

// One of several.
bool AnyNumberMatches(const policy::Ranges& ranges, const std::vector<uint32_t>& numbers) {
    return ranges.empty() || std::ranges::any_of(numbers, [&](uint32_t number) {
               return NumberMatches(ranges, number);
           });
}

namespace {

bool PathMatches(const policy::Patterns& patterns, const std::optional<OraclePath>& path) {
    return patterns.empty() || (path && AnyMatches(patterns, *path));
}

bool AncestorMatches(const policy::Patterns& patterns, const OracleWho& who) {
    return patterns.empty() || (who.parent && AnyMatches(patterns, *who.parent)) ||
           std::ranges::any_of(who.ancestors, [&](const OraclePath& ancestor) {
               return AnyMatches(patterns, ancestor);
           });
}

// Inside one of these, or outside all of those.
bool ContainerMatches(const policy::Patterns& patterns, const OraclePath& cgroup) {
    if (patterns.empty()) return true;
    policy::Patterns inside;
    policy::Patterns outside;
    for (const PathPattern& pattern : patterns) {
        (pattern.outside ? outside : inside).push_back(pattern);
    }
    return AnyMatches(inside, cgroup) || (!outside.empty() && !AnyMatches(outside, cgroup));
}

}  // namespace

std::vector<uint32_t> BitsOf(uint64_t mask) {
    std::vector<uint32_t> bits;
    for (uint32_t bit = 0; bit < 64; bit++) {
        if (mask >> bit & 1) bits.push_back(bit);
    }
    return bits;
}

// All selectors that were written.
bool SubjectMatches(const Subject& subject, const OracleWho& who) {
    return PathMatches(subject.exe, who.exe) && PathMatches(subject.script, who.script) &&
           PathMatches(subject.parent, who.parent) && AncestorMatches(subject.descendant_of, who) &&
           PathMatches(subject.cgroup, who.cgroup) &&
           PathMatches(subject.exe_sha256, who.exe_sha256) &&
           ContainerMatches(subject.container, who.cgroup) && NumberMatches(subject.uid, who.uid) &&
           AnyNumberMatches(subject.gid, who.gids) &&
           NumberMatches(subject.login_uid, who.login_uid) &&
           NumberMatches(subject.session, who.session) &&
           NumberMatches(subject.user_namespace, who.user_namespace) &&
           AnyNumberMatches(subject.capability, BitsOf(who.capabilities));
}

Subject TargetOf(const Subject& subject) {
    Subject target;
#define BLF_PATH_SELECTOR(id, field, word, dimension, example) \
    target.field = subject.target_##field;
#define BLF_NUMBER_SELECTOR(id, field, word, dimension, example) \
    target.field = subject.target_##field;
#include "abi/selectors.def"
#undef BLF_PATH_SELECTOR
#undef BLF_NUMBER_SELECTOR
    return target;
}

bool OracleMatches(const PathPattern& pattern, const OraclePath& path) {
    if (path.lost && !(!pattern.components.empty() && pattern.components[0].any_depth)) {
        return false;
    }
    return MatchComponents(pattern, path.components);
}

// What an allow of these allows.
blf_set OpenedBy(blf_set allowed) {
    blf_set opened = allowed;
#define BLF_OPENS(id, by) opened |= (allowed & (by)) ? BLF_BIT(id) : 0;
#include "abi/opens.def"
#undef BLF_OPENS
    return opened;
}

const Rule* DefaultOf(const Policy& policy) {
    const bool has = !policy.rules.empty() && policy.rules.back().kind == RuleKind::kDefault;
    return has ? &policy.rules.back() : nullptr;
}

OracleRule NameOfDefault(const Policy& policy) {
    return {policy.name, static_cast<uint32_t>(policy.rules.size())};
}

namespace {

// As written: `{exe: [a, b]}` and `{exe: [b, a]}` are two families, which only moves the error.
bool SameSubject(const Subject& a, const Subject& b) {
    const auto same_paths = [&](const auto& selector) {
        return std::ranges::equal(a.*selector.field, b.*selector.field,
                                  [](const PathPattern& one, const PathPattern& other) {
                                      return one.text == other.text && one.outside == other.outside;
                                  });
    };
    const auto same_numbers = [&](const auto& selector) {
        return a.*selector.field == b.*selector.field;
    };
    return std::ranges::all_of(policy::kPathSelectors, same_paths) &&
           std::ranges::all_of(policy::kNumberSelectors, same_numbers);
}

bool SameFamily(const Rule& a, const Rule& b) {
    return a.operations == b.operations && a.error == b.error && SameSubject(a.except, b.except) &&
           SameSubject(a.details, b.details);
}

}  // namespace

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

}  // namespace bailiff::decide::testing
