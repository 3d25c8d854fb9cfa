// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "decide/testing/generate.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "abi/limits.h"
#include "decide/testing/oracle_match.h"
#include "policy/dump_model.h"
#include "policy/words.h"

namespace bailiff::decide::testing {
namespace {

using policy::Component;
using policy::Glob;
using policy::GlobElement;
using policy::NumberRange;
using policy::PathPattern;
using policy::Policy;
using policy::Rule;
using policy::RuleKind;
using policy::Subject;

// More would multiply the states of a matcher beyond what one image takes.
constexpr size_t kStarsMax = 2;

GlobElement Star() {
    GlobElement element;
    element.star = true;
    return element;
}

GlobElement OneOf(const std::vector<unsigned char>& bytes) {
    GlobElement element;
    for (unsigned char byte : bytes) element.bytes.set(byte);
    return element;
}

bool IsAbout(const Rule& rule, blf_ask ask) {
    return (policy::AskOperations()[ask] & rule.operations) != 0;
}

GlobElement AnyByte() {
    GlobElement element;
    element.bytes.set();
    return element;
}

}  // namespace

uint64_t Seed() {
    const char* given = std::getenv("BAILIFF_SEED");
    if (given != nullptr) return std::strtoull(given, nullptr, 10);
    return std::random_device()();
}

std::vector<std::string> AllTexts(const std::vector<std::string>& alphabet, size_t depth,
                                  const std::string& root) {
    std::vector<std::string> texts = {""};
    for (size_t begin = 0; depth > 0; depth--) {
        const size_t end = texts.size();
        for (size_t i = begin; i < end; i++) {
            for (const std::string& component : alphabet) {
                if (component == "**" && texts[i].ends_with("/**")) continue;
                texts.push_back(texts[i] + "/" + component);
            }
        }
        begin = end;
    }
    texts[0] = root;
    return texts;
}

Generator::Generator(uint64_t seed, bool sockets) : random_(seed), sockets_(sockets) {
    for (size_t i = 0; i < 8; i++) names_.push_back(NewName());
    // Beginnings of each other, and names that differ in their last byte.
    names_.push_back(names_[0].substr(0, (names_[0].size() + 1) / 2));
    names_.push_back(names_[1]);
    names_.back().back() = names_.back().back() == 'x' ? 'y' : 'x';
    large_ = OneIn(60);
    most_policies_ = large_ ? 40 : 1 + Below(4);
    most_rules_ = large_ ? 10 : 1 + Below(4);
}

// Short ones of few letters, and any bytes but `/` and NUL up to NAME_MAX.
std::string Generator::NewName() {
    const bool is_short = !OneIn(4);
    const size_t length = is_short ? 1 + Below(4) : 1 + Below(BLF_NAME_MAX);
    std::string name;
    while (name.size() < length) {
        char byte = static_cast<char>(is_short ? 'a' + Below(3) : 1 + Below(255));
        name += byte == '/' ? '.' : byte;
    }
    return name;
}

// A name of the pool with some bytes made uncertain.
Glob Generator::NewGlob() {
    if (OneIn(8)) return {Star()};
    const std::string& name = names_[Below(names_.size())];
    const size_t rate = OneIn(3) ? name.size() * 4 : 3;
    // Stars on long names multiply the bytes' states beyond what one image takes.
    size_t stars = name.size() < 16 ? kStarsMax : OneIn(6) ? 1 : 0;
    Glob glob;
    for (size_t i = 0; i < name.size(); i++) {
        const auto byte = static_cast<unsigned char>(name[i]);
        switch (OneIn(rate) ? Below(4) : 4) {
            case 0:
                glob.push_back(AnyByte());
                break;
            case 1:
                glob.push_back(OneOf({byte, 'a', static_cast<unsigned char>(1 + Below(255))}));
                break;
            case 2:
                if (stars > 0 && (glob.empty() || !glob.back().star)) {
                    glob.push_back(Star());
                    stars--;
                }
                i += Below(3);
                break;
            default:
                glob.push_back(OneOf({byte}));
        }
    }
    if (glob.empty()) glob.push_back(AnyByte());
    return glob;
}

Component Generator::NewComponent() {
    Component component;
    if (OneIn(large_ ? 100 : 9)) {
        component.any_depth = true;
        return component;
    }
    const size_t choices = OneIn(4) ? 2 + Below(3) : 1;
    for (size_t i = 0; i < choices; i++) {
        if (!OneIn(large_ ? 10 : 2)) {
            Glob literal;
            for (char byte : names_[Below(names_.size())]) {
                literal.push_back(OneOf({static_cast<unsigned char>(byte)}));
            }
            component.choices.push_back(std::move(literal));
        } else {
            component.choices.push_back(NewGlob());
        }
    }
    // One name is written both ways.
    if (choices == 1 && OneIn(2) && IsLiteral(component.choices[0], &component.name)) {
        component.choices.clear();
    }
    return component;
}

// The text is what the compiler knows a pattern by, so it says exactly what the components say.
// Little follows a `**`: each glob there can double the states.
PathPattern Generator::NewPattern() {
    PathPattern pattern;
    size_t depth = OneIn(10) ? Below(30) : Below(5);
    size_t deep = 0;
    while (pattern.components.size() < depth) {
        Component component = NewComponent();
        if (component.any_depth && deep++ == 2) break;
        pattern.components.push_back(std::move(component));
        if (deep > 0) depth = std::min(depth, pattern.components.size() + 3 - deep);
    }
    pattern.text = policy::DumpPattern(pattern);
    return pattern;
}

std::vector<PathPattern> Generator::NewPatterns(size_t most) {
    std::vector<PathPattern> patterns;
    for (size_t count = 1 + Below(most); count > 0; count--) patterns.push_back(NewPattern());
    return patterns;
}

NumberRange Generator::NewRange() {
    const uint32_t first =
        OneIn(5) ? UINT32_MAX - static_cast<uint32_t>(Below(3)) : static_cast<uint32_t>(Below(8));
    if (OneIn(5)) return {first, UINT32_MAX};
    const auto length = static_cast<uint32_t>(Below(3));
    return {first, std::max(first, first + length)};
}

// Mostly none, one or two of the selectors.
Subject Generator::NewSubject() {
    Subject subject;
    for (const auto& selector : policy::kPathSelectors) {
        if (policy::IsDetail(selector)) continue;
        const bool usual = selector.dimension == BLF_BY_EXE;
        if (!OneIn(usual ? 3 : 24)) continue;
        subject.*selector.field = NewPatterns(2);
        if (selector.field != &Subject::container) continue;
        for (PathPattern& pattern : subject.container) pattern.outside = OneIn(2);
    }
    for (const auto& selector : policy::kNumberSelectors) {
        if (policy::IsDetail(selector)) continue;
        if (!OneIn(selector.dimension == BLF_BY_UID ? 3 : 24)) continue;
        for (size_t count = 1 + Below(2); count > 0; count--) {
            (subject.*selector.field).push_back(NewRange());
        }
    }
    return subject;
}

// Few, so that they meet; some of them within others.
policy::AddressPrefix Generator::NewPrefix() {
    struct Base {
        uint32_t version;
        std::array<uint64_t, 2> word;
    };
    constexpr Base kBases[] = {
        {4, {0, 0}},
        {4, {0x0a000000ULL << 32, 0}},
        {4, {0x0a010203ULL << 32, 0}},
        {4, {0x7f000001ULL << 32, 0}},
        {6, {0, 0}},
        {6, {0, 1}},
        {6, {0, 0xffff0a010203ULL}},
        {6, {0x20010db800000000ULL, 0x1234}},
    };
    const Base& base = kBases[Below(std::size(kBases))];
    policy::AddressPrefix prefix{.version = base.version, .where = {}};
    const uint32_t bits = policy::AddressBits(base.version);
    prefix.length = OneIn(3) ? bits : static_cast<uint32_t>(Below(bits + 1));
    // What lies within ::ffff:0:0/96 is IPv4, and no reader of policies makes it anything else.
    if (base.word[1] >> 32 == 0xffff && prefix.length >= 96) prefix.length = 95;
    for (uint32_t bit = 0; bit < prefix.length; bit++) {
        const uint64_t mask = uint64_t{1} << (63 - bit % 64);
        const bool flipped = OneIn(40);
        prefix.word[bit / 64] |= (base.word[bit / 64] ^ (flipped ? mask : 0)) & mask;
    }
    return prefix;
}

std::vector<policy::AddressPrefix> Generator::NewPrefixes() {
    std::vector<policy::AddressPrefix> prefixes;
    while (!OneIn(3)) prefixes.push_back(NewPrefix());
    return prefixes;
}

// A text is one component.
PathPattern Generator::NewText() {
    PathPattern pattern;
    do pattern.components = {NewComponent()};
    while (pattern.components[0].any_depth);
    pattern.text = policy::DumpPattern(pattern);
    return pattern;
}

blf_set Generator::SomeOf(blf_set operations) {
    blf_set some = 0;
    for (unsigned i = 0; i < BLF_OPERATION_COUNT; i++) {
        if ((operations >> i & 1) && OneIn(2)) some |= blf_set{1} << i;
    }
    return some != 0 ? some : operations & ~(operations - 1);
}

// Those that all operations of the rule have.
void Generator::AddDetails(Rule* rule) {
    const auto wanted = [&](const auto& selector) {
        return policy::IsDetail(selector) &&
               (rule->operations & ~policy::OperationsWith(selector.word)) == 0 && OneIn(3);
    };
    for (const auto& selector : policy::kNumberSelectors) {
        if (!policy::IsOfTarget(selector) && wanted(selector)) {
            (rule->details.*selector.field).push_back(NewRange());
        }
    }
    for (const auto& selector : policy::kPathSelectors) {
        if (!policy::IsOfTarget(selector) && wanted(selector)) {
            (rule->details.*selector.field).push_back(NewText());
        }
    }
    if ((rule->operations & ~BLF_TARGET_OPERATIONS) == 0) AddTarget(&rule->details);
}

// The same as of who asks.
void Generator::AddTarget(Subject* details) {
    const Subject target = NewSubject();
#define BLF_PATH_SELECTOR(id, field, word, dimension, example) \
    details->target_##field = target.field;
#define BLF_NUMBER_SELECTOR(id, field, word, dimension, example) \
    details->target_##field = target.field;
#include "abi/selectors.def"
#undef BLF_PATH_SELECTOR
#undef BLF_NUMBER_SELECTOR
}

Rule Generator::NewRule() {
    constexpr int kErrors[] = {EPERM, EPERM, EACCES, ENOENT};
    constexpr blf_set kAll = (blf_set{1} << BLF_OPERATION_COUNT) - 1;
    constexpr blf_set kDetailed[] = {BLF_BIT(KERNEL_MODULE),  BLF_BIT(KERNEL_BPF),
                                     BLF_BIT(NET_UNIX),       BLF_BIT(KERNEL_LOCKDOWN),
                                     BLF_MOUNT_OPERATIONS,    BLF_BIT(PROCESS_PTRACE),
                                     BLF_BIT(PROCESS_SIGNAL), BLF_BIT(PROCESS_CAPABILITY),
                                     BLF_BIT(PROCESS_PRCTL),  BLF_BIT(PROCESS_RLIMIT)};
    Rule rule;
    const size_t kind = sockets_ ? Below(7) : 0;
    if (kind < 3) {
        rule.operations = SomeOf(BLF_PATH_OPERATIONS);
        rule.objects = NewPatterns(3);
    } else if (kind < 5) {
        rule.operations = SomeOf(BLF_SOCKET_OPERATIONS);
        rule.addresses = NewPrefixes();
    } else if (kind == 5) {
        rule.operations = SomeOf(kDetailed[Below(std::size(kDetailed))]);
        if (!(rule.operations & ~BLF_PLACE_OPERATIONS) && OneIn(2)) rule.objects = NewPatterns(3);
    } else {
        rule.operations = SomeOf(kAll & ~(BLF_PATH_OPERATIONS & ~BLF_PLACE_OPERATIONS));
    }
    AddDetails(&rule);
    rule.except = NewSubject();
    if ((rule.operations & ~BLF_TARGET_OPERATIONS) == 0) AddTarget(&rule.except);
    rule.error = kErrors[Below(std::size(kErrors))];
    return rule;
}

// A default, and some of the rules made to allow what it closes.
void Generator::Close(Policy* policy) {
    Rule closes;
    closes.kind = RuleKind::kDefault;
    closes.error = OneIn(2) ? EPERM : EACCES;
    while (closes.operations == 0) {
        for (const std::string_view family : policy::OperationFamilies()) {
            if (OneIn(family == "file" ? 2 : 4))
                closes.operations |= *policy::OperationsOfFamily(family);
        }
    }
    for (Rule& rule : policy->rules) {
        const blf_set opens = rule.operations & closes.operations;
        if (opens == 0 || OneIn(3)) continue;
        rule.kind = RuleKind::kAllows;
        rule.operations = opens;
        rule.error = 0;
        rule.except = {};
    }
    policy->rules.push_back(std::move(closes));
}

std::vector<Policy> Generator::Policies() {
    std::vector<Policy> policies(1 + Below(most_policies_));
    for (size_t i = 0; i < policies.size(); i++) {
        policies[i].name = std::to_string((i * 7919) % 101) + "-" + std::to_string(i);
        policies[i].mode = OneIn(3) ? policy::Mode::kAudit : policy::Mode::kEnforce;
        policies[i].applies_to = NewSubject();
        for (size_t count = 1 + Below(most_rules_); count > 0; count--) {
            policies[i].rules.push_back(NewRule());
            if (!OneIn(4)) continue;
            // One more of the family, of other objects.
            policies[i].rules.push_back(policies[i].rules[Below(policies[i].rules.size())]);
            Rule& last = policies[i].rules.back();
            if (!last.objects.empty()) last.objects = NewPatterns(2);
            if (!last.addresses.empty()) last.addresses = NewPrefixes();
        }
        if (sockets_ && OneIn(3)) Close(&policies[i]);
    }
    return policies;
}

std::string Generator::NameLike(const Component& component) {
    if (component.any_depth) return names_[Below(names_.size())];
    std::string name;
    const Glob glob = component.choices.empty()
                          ? policy::LiteralGlob(component.name)
                          : component.choices[Below(component.choices.size())];
    for (const GlobElement& element : glob) {
        if (element.star) {
            name += names_[Below(names_.size())].substr(0, Below(4));
            continue;
        }
        std::string fitting;
        for (size_t byte = element.bytes._Find_next(0); byte < 256;
             byte = element.bytes._Find_next(byte)) {
            if (byte != '/') fitting += static_cast<char>(byte);
        }
        name += fitting[Below(fitting.size())];
    }
    if (OneIn(10)) name += 'a';
    if (OneIn(10)) name = name.substr(0, name.size() - 1);
    name = name.substr(0, BLF_NAME_MAX);
    return name.empty() ? "a" : name;
}

OraclePath Generator::PathLike(const PathPattern& pattern) {
    OraclePath path;
    for (const Component& component : pattern.components) {
        const size_t repeats = component.any_depth ? Below(OneIn(20) ? 40 : 3) : 1;
        for (size_t i = 0; i < repeats; i++) path.components.push_back(NameLike(component));
    }
    if (OneIn(8)) path.components.push_back(names_[Below(names_.size())]);
    if (OneIn(8) && !path.components.empty()) path.components.pop_back();
    path.lost = OneIn(6);
    return path;
}

OraclePath Generator::PathFor(const std::vector<PathPattern>& patterns) {
    return PathLike(patterns.empty() || OneIn(6) ? NewPattern() : patterns[Below(patterns.size())]);
}

uint32_t Generator::Uid() {
    return OneIn(4) ? UINT32_MAX - static_cast<uint32_t>(Below(4))
                    : static_cast<uint32_t>(Below(10));
}

OracleRequest Generator::Request(const std::vector<Policy>& policies) {
    const Policy& policy = policies[Below(policies.size())];
    const Rule& rule = policy.rules[Below(policy.rules.size())];
    OracleRequest request;
    request.ask = static_cast<blf_ask>(Below(BLF_ASK_COUNT));
    request.object = PathFor(rule.objects);
    request.who = Who(policy.applies_to, rule.except);
    if (!sockets_) return request;
    // Mostly what the rule is about: paths and sockets share no asks.
    for (int draws = OneIn(8) ? 1 : 8; draws > 1 && !IsAbout(rule, request.ask); draws--) {
        request.ask = static_cast<blf_ask>(Below(BLF_ASK_COUNT));
    }
    request.socket = SocketFor(rule);
    request.details = DetailsFor(rule);
    request.target = Who(TargetOf(rule.details), TargetOf(rule.except));
    request.nowhere = request.ask >= BLF_ASK_KERNEL_BPF || OneIn(4);
    return request;
}

OracleDetails Generator::DetailsFor(const Rule& rule) {
    OracleDetails details;
    const auto text = [&](const policy::Patterns& patterns) -> std::optional<std::string> {
        if (OneIn(8)) return std::nullopt;
        return NameLike((patterns.empty() ? NewText() : patterns.front()).components.front());
    };
    const auto number = [&](const policy::Ranges& ranges) {
        return ranges.empty() || OneIn(8) ? Uid() : ranges.front().first;
    };
    details.name = text(!rule.details.module.empty()     ? rule.details.module
                        : !rule.details.sysctl.empty()   ? rule.details.sysctl
                        : !rule.details.abstract.empty() ? rule.details.abstract
                                                         : rule.details.fstype);
    details.source = text(rule.details.source);
    details.lockdown = number(rule.details.reason);
    details.command = number(rule.details.command);
    details.program_type = number(rule.details.program);
    details.map_type = number(rule.details.map);
    details.ptrace_access = number(rule.details.access);
    details.signal = number(rule.details.signal);
    details.used_capability = number(rule.details.uses);
    details.option = number(rule.details.option);
    details.resource = number(rule.details.resource);
    while (!OneIn(3)) details.mount_flags |= uint64_t{1} << Below(10);
    return details;
}

// Most are what the rule is about, or differ from that in one bit of the address.
OracleSocket Generator::SocketFor(const Rule& rule) {
    OracleSocket socket;
    policy::AddressPrefix prefix = rule.addresses.empty() || OneIn(8)
                                       ? NewPrefix()
                                       : rule.addresses[Below(rule.addresses.size())];
    const uint32_t bits = policy::AddressBits(prefix.version);
    while (OneIn(4)) prefix.Flip(Below(bits));
    if (!OneIn(16)) {
        for (uint32_t i = 0; i < bits / 8; i++) {
            socket.address.push_back(
                static_cast<uint8_t>(prefix.word[i / 8] >> (56 - i % 8 * 8) & 0xff));
        }
    }
    if (socket.address.size() == 4 && OneIn(6)) {
        const std::array<uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
        socket.address.insert(socket.address.begin(), mapped.begin(), mapped.end());
    }
    const auto number = [&](const policy::Ranges& ranges) {
        return ranges.empty() || OneIn(8) ? Uid() : ranges.front().first;
    };
    socket.port = number(rule.details.port);
    socket.protocol = number(rule.details.protocol);
    socket.family = number(rule.details.family);
    socket.type = number(rule.details.type);
    return socket;
}

// A process that one of the two subjects may be about.
OracleWho Generator::Who(const Subject& wanted, const Subject& excepted) {
    const auto path = [&](policy::Patterns Subject::* field) {
        OraclePath made = PathFor(OneIn(2) ? wanted.*field : excepted.*field);
        made.lost = made.lost && field == &Subject::exe;
        return made;
    };
    OracleWho who;
    if (!OneIn(6)) who.exe = path(&Subject::exe);
    if (!OneIn(3)) who.exe_sha256 = path(&Subject::exe_sha256);
    if (who.exe_sha256 && who.exe_sha256->components.empty()) who.exe_sha256.reset();
    if (!OneIn(3)) who.script = path(&Subject::script);
    if (!OneIn(3)) who.parent = path(OneIn(2) ? &Subject::parent : &Subject::descendant_of);
    while (OneIn(2)) who.ancestors.push_back(path(&Subject::descendant_of));
    who.cgroup = path(OneIn(2) ? &Subject::cgroup : &Subject::container);
    who.uid = Uid();
    who.login_uid = Uid();
    who.session = Uid();
    who.user_namespace = Uid();
    do who.gids.push_back(Uid());
    while (!OneIn(3));
    while (!OneIn(3)) who.capabilities |= uint64_t{1} << Below(10);
    return who;
}

std::vector<OraclePath> Generator::NamesFor(const std::vector<PathPattern>& patterns) {
    std::vector<OraclePath> names = {PathFor(patterns)};
    if (OneIn(6)) names.push_back(PathFor(patterns));
    for (OraclePath& name : names) {
        // Something above what a pattern is about.
        if (OneIn(3)) name.components.resize(Below(name.components.size() + 1));
    }
    return names;
}

OracleMove Generator::Move(const std::vector<Policy>& policies) {
    const Policy& policy = policies[Below(policies.size())];
    const Rule& rule = policy.rules[Below(policy.rules.size())];
    const Rule& other = OneIn(2) ? rule : policy.rules[Below(policy.rules.size())];
    OracleMove move;
    move.from = NamesFor(rule.objects);
    move.to = NamesFor(other.objects);
    // Within one directory, as most renames are.
    if (OneIn(3) && !move.from[0].components.empty()) {
        move.to[0] = move.from[0];
        move.to[0].components.back() = names_[Below(names_.size())];
    }
    if (OneIn(8)) move.tag = PathFor(rule.objects);
    move.directory = OneIn(2);
    move.who = Who(policy.applies_to, rule.except);
    return move;
}

}  // namespace bailiff::decide::testing
