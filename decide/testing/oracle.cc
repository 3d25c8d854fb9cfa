// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "decide/testing/oracle.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <set>
#include <string_view>
#include <utility>

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

blf_set OperationsOf(blf_ask ask) {
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
    return SubjectMatches(policy.applies_to, move.who) &&
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
    return FirstOfEither(policies, mode, by(old_names), by(move.to), error);
}

bool IsTagged(const Rule& rule, const OracleMove& move) {
    return move.tag && AnyMatches(rule.objects, *move.tag);
}

std::optional<OracleRule> AskDirectoryMove(const std::vector<Policy>& policies, Mode mode,
                                           const OracleMove& move, int* error) {
    bool same = true;
    for (const Policy* policy : InOrder(policies, mode)) {
        for (const Rule& rule : policy->rules) {
            if (!Concerns(*policy, rule, move)) continue;
            same = same && !IsTagged(rule, move) &&
                   MatchesTheSame(rule, StandingAt(rule, move.from), StandingAt(rule, move.to));
        }
    }
    if (same) return std::nullopt;
    return FirstOfEither(
        policies, mode,
        [&](const Policy& policy, const Rule& rule) {
            return Concerns(policy, rule, move) &&
                   (IsTagged(rule, move) || MatchesAtOrBelow(StandingAt(rule, move.from)));
        },
        [&](const Policy& policy, const Rule& rule) {
            return Concerns(policy, rule, move) && MatchesAtOrBelow(StandingAt(rule, move.to));
        },
        error);
}

std::optional<OracleRule> AskMove(const std::vector<Policy>& policies, Mode mode,
                                  const OracleMove& move, int* error) {
    return move.directory ? AskDirectoryMove(policies, mode, move, error)
                          : AskFileMove(policies, mode, move, error);
}

bool IsOnSocket(blf_ask ask) {
    return ask >= BLF_ASK_NET_CREATE && ask <= BLF_ASK_NET_RECEIVE;
}

using Bytes = std::vector<uint8_t>;

// ::ffff:a.b.c.d is a.b.c.d.
Bytes Plain(const Bytes& address) {
    const Bytes mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (address.size() != 16 || !std::equal(mapped.begin(), mapped.end(), address.begin())) {
        return address;
    }
    return {address.begin() + 12, address.end()};
}

bool PrefixMatches(const policy::AddressPrefix& prefix, const Bytes& address) {
    if (address.size() != (prefix.version == 4 ? 4U : 16U)) return false;
    for (uint32_t bit = 0; bit < prefix.length; bit++) {
        const bool wanted = (prefix.word[bit / 64] >> (63 - bit % 64) & 1) != 0;
        const bool given = (address[bit / 8] >> (7 - bit % 8) & 1) != 0;
        if (wanted != given) return false;
    }
    return true;
}

// One's own 0.0.0.0 is every address of IPv4, and :: every one; a peer's is the host's own.
bool AddressMatches(const Rule& rule, const OracleRequest& request) {
    if (rule.addresses.empty()) return true;
    std::vector<Bytes> names = {Plain(request.socket.address)};
    if (names[0].empty()) return false;
    const bool is_any = std::ranges::all_of(names[0], [](uint8_t byte) { return byte == 0; });
    const bool is_own = request.ask == BLF_ASK_NET_BIND || request.ask == BLF_ASK_NET_LISTEN ||
                        request.ask == BLF_ASK_NET_ACCEPT;
    const bool is_6 = names[0].size() == 16;
    if (is_any && !is_own) {
        Bytes loopback(names[0].size());
        if (!is_6) loopback[0] = 127;
        loopback.back() = 1;
        names.push_back(loopback);
    }
    return std::ranges::any_of(rule.addresses, [&](const policy::AddressPrefix& prefix) {
        if (is_any && is_own) return is_6 || prefix.version == 4;
        return std::ranges::any_of(names,
                                   [&](const Bytes& name) { return PrefixMatches(prefix, name); });
    });
}

bool TextMatches(const std::vector<PathPattern>& patterns, const std::optional<std::string>& text) {
    if (patterns.empty()) return true;
    return text && AnyMatches(patterns, {.components = {*text}});
}

bool DetailsMatch(const Rule& rule, const OracleRequest& request) {
    const Subject& wanted = rule.details;
    const OracleSocket& socket = request.socket;
    const OracleDetails& details = request.details;
    return NumberMatches(wanted.port, socket.port) &&
           NumberMatches(wanted.protocol, socket.protocol) &&
           NumberMatches(wanted.family, socket.family) && NumberMatches(wanted.type, socket.type) &&
           TextMatches(wanted.abstract, details.name) && TextMatches(wanted.fstype, details.name) &&
           TextMatches(wanted.module, details.name) && TextMatches(wanted.source, details.source) &&
           NumberMatches(wanted.reason, details.lockdown) &&
           NumberMatches(wanted.command, details.command) &&
           NumberMatches(wanted.program, details.program_type) &&
           NumberMatches(wanted.map, details.map_type) &&
           NumberMatches(wanted.access, details.ptrace_access) &&
           NumberMatches(wanted.signal, details.signal) &&
           NumberMatches(wanted.uses, details.used_capability) &&
           NumberMatches(wanted.option, details.option) &&
           NumberMatches(wanted.resource, details.resource) &&
           AnyNumberMatches(wanted.flag, BitsOf(details.mount_flags));
}

// A rule that names neither paths nor addresses is about what has none, and about all others of
// which a rule need not name any.
bool ObjectMatches(const Rule& rule, const OracleRequest& request) {
    if (IsOnSocket(request.ask)) return rule.objects.empty() && AddressMatches(rule, request);
    const bool may_be_nowhere = request.ask > BLF_ASK_NET_RECEIVE;
    if (may_be_nowhere && rule.objects.empty() && rule.addresses.empty()) return true;
    return !(may_be_nowhere && request.nowhere) && AnyMatches(rule.objects, request.object);
}

// In a policy that is about who asks.
bool RuleApplies(const Rule& rule, const OracleRequest& request) {
    if ((OperationsOf(request.ask) & rule.operations) == 0) return false;
    if (!ObjectMatches(rule, request) || !DetailsMatch(rule, request)) return false;
    return rule.except.empty() || !SubjectMatches(rule.except, request.who);
}

// Adds the mode's applying rules to `applying`; returns the one that answers.
std::optional<OracleRule> Ask(const std::vector<Policy>& policies, Mode mode,
                              const OracleRequest& request, int* error,
                              std::vector<OracleRule>* applying) {
    std::optional<OracleRule> answer;
    for (const Policy* policy : InOrder(policies, mode)) {
        if (!SubjectMatches(policy->applies_to, request.who)) continue;
        std::vector<bool> applies;
        for (const Rule& rule : policy->rules) {
            applies.push_back(RuleApplies(rule, request));
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

OracleVerdict OracleDecide(const std::vector<Policy>& policies, const OracleRequest& request) {
    OracleVerdict verdict;
    int audit_error = 0;
    verdict.rule = Ask(policies, Mode::kEnforce, request, &verdict.error, &verdict.applying);
    verdict.audit = Ask(policies, Mode::kAudit, request, &audit_error, &verdict.applying);
    return verdict;
}

OracleVerdict OracleDecideMove(const std::vector<Policy>& policies, const OracleMove& move) {
    OracleVerdict verdict;
    int audit_error = 0;
    verdict.rule = AskMove(policies, Mode::kEnforce, move, &verdict.error);
    verdict.audit = AskMove(policies, Mode::kAudit, move, &audit_error);
    return verdict;
}

}  // namespace bailiff::decide::testing
