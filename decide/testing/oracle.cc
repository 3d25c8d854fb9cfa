// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "decide/testing/oracle.h"

#include <algorithm>

#include "decide/testing/oracle_match.h"

namespace bailiff::decide::testing {
namespace {

using policy::Mode;
using policy::PathPattern;
using policy::Policy;
using policy::Rule;
using policy::RuleKind;
using policy::Subject;

blf_set OperationsOf(blf_ask ask) {
    switch (ask) {
#define BLF_ASK(id, operations, needs) \
    case BLF_ASK_##id:                 \
        return operations;
#include "abi/asks.def"
#undef BLF_ASK
        default:
            return 0;
    }
}

blf_set NeedsOf(blf_ask ask) {
    switch (ask) {
#define BLF_ASK(id, operations, needs) \
    case BLF_ASK_##id:                 \
        return needs;
#include "abi/asks.def"
#undef BLF_ASK
        default:
            return 0;
    }
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
           TextMatches(wanted.module, details.name) && TextMatches(wanted.sysctl, details.name) &&
           TextMatches(wanted.source, details.source) &&
           NumberMatches(wanted.reason, details.lockdown) &&
           NumberMatches(wanted.command, details.command) &&
           NumberMatches(wanted.program, details.program_type) &&
           NumberMatches(wanted.map, details.map_type) &&
           NumberMatches(wanted.access, details.ptrace_access) &&
           NumberMatches(wanted.signal, details.signal) &&
           NumberMatches(wanted.uses, details.used_capability) &&
           NumberMatches(wanted.option, details.option) &&
           NumberMatches(wanted.resource, details.resource) &&
           AnyNumberMatches(wanted.flag, BitsOf(details.mount_flags)) &&
           SubjectMatches(TargetOf(wanted), request.target);
}

// A rule that names neither paths nor addresses is about what has none, and about all others of
// which a rule need not name any.
bool ObjectMatches(const Rule& rule, const OracleRequest& request) {
    if (IsOnSocket(request.ask)) return rule.objects.empty() && AddressMatches(rule, request);
    const bool may_be_nowhere = request.ask > BLF_ASK_NET_RECEIVE;
    if (may_be_nowhere && rule.objects.empty() && rule.addresses.empty()) return true;
    return !(may_be_nowhere && request.nowhere) && AnyMatches(rule.objects, request.object);
}

// Of a policy that is about who asks, of what the request needs, what a rule allows.
blf_set Opened(const Rule& rule, const OracleRequest& request) {
    const bool opens = rule.kind == RuleKind::kAllows && ObjectMatches(rule, request) &&
                       DetailsMatch(rule, request);
    return opens ? OpenedBy(rule.operations) & NeedsOf(request.ask) : 0;
}

// Of that, what its default denies.
blf_set Closed(const Policy& policy, const OracleRequest& request) {
    const Rule* closes = DefaultOf(policy);
    blf_set closed = closes ? closes->operations & NeedsOf(request.ask) : 0;
    for (const Rule& rule : policy.rules) closed &= ~Opened(rule, request);
    return closed;
}

// In a policy that is about who asks.
bool RuleApplies(const Policy& policy, const Rule& rule, const OracleRequest& request) {
    if (rule.kind == RuleKind::kAllows) return Opened(rule, request) != 0;
    if (rule.kind == RuleKind::kDefault) return Closed(policy, request) != 0;
    if ((OperationsOf(request.ask) & rule.operations) == 0) return false;
    if (!ObjectMatches(rule, request) || !DetailsMatch(rule, request)) return false;
    const bool excepted = SubjectMatches(rule.except, request.who) &&
                          SubjectMatches(TargetOf(rule.except), request.target);
    return rule.except.empty() || !excepted;
}

// Adds the mode's applying rules to `applying`; returns the one that answers: one that denies comes
// before all defaults.
std::optional<OracleRule> Ask(const std::vector<Policy>& policies, Mode mode,
                              const OracleRequest& request, int* error,
                              std::vector<OracleRule>* applying) {
    std::optional<OracleRule> denial;
    std::optional<OracleRule> by_default;
    int default_error = 0;
    for (const Policy* policy : InOrder(policies, mode)) {
        if (!SubjectMatches(policy->applies_to, request.who)) continue;
        std::vector<bool> denies;
        for (const Rule& rule : policy->rules) {
            const bool applies = RuleApplies(*policy, rule, request);
            denies.push_back(applies && rule.kind == RuleKind::kDenies);
            const OracleRule name{policy->name, static_cast<uint32_t>(denies.size())};
            if (applies) applying->push_back(name);
            if (!applies || rule.kind != RuleKind::kDefault || by_default) continue;
            by_default = name;
            default_error = rule.error;
        }
        std::optional<size_t> rule = AnswerOf(*policy, denies);
        if (!rule || denial) continue;
        denial = {policy->name, static_cast<uint32_t>(*rule + 1)};
        *error = policy->rules[*rule].error;
    }
    if (denial || !by_default) return denial;
    *error = default_error;
    return by_default;
}

}  // namespace

OracleVerdict OracleDecide(const std::vector<Policy>& policies, const OracleRequest& request) {
    OracleVerdict verdict;
    int audit_error = 0;
    verdict.rule = Ask(policies, Mode::kEnforce, request, &verdict.error, &verdict.applying);
    verdict.audit = Ask(policies, Mode::kAudit, request, &audit_error, &verdict.applying);
    return verdict;
}

}  // namespace bailiff::decide::testing
