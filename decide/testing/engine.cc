// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "decide/testing/engine.h"

#include <algorithm>
#include <optional>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "policy/classify.h"
#include "policy/dump_model.h"
#include "policy/explain.h"
#include "policy/explain_move.h"
#include "policy/image_seam.h"
// after the seam
#include "decide/address.h"
#include "decide/verdict.h"

namespace bailiff::decide::testing {
namespace {

using policy::ImageView;
using policy::PathClass;

PathClass ClassOf(const ImageView& image, const OraclePath& path, uint32_t root, uint32_t lost) {
    return policy::Classify(image, path.lost ? lost : root, path.components);
}

OracleRule NameOf(const ImageView& image, uint32_t number) {
    policy::ImageView view = image;
    blf_rule rule = view.rule(number);
    return {view.text(view.policy(rule.policy).name), rule.number};
}

// The first of those that some name gives.
std::optional<OracleRule> RuleOf(const ImageView& image, const blf_request& asked,
                                 uint32_t clause) {
    if (clause == BLF_NONE) return std::nullopt;
    uint32_t rule = BLF_NONE;
    for (const uint32_t state : asked.object) rule = std::min(rule, image.RuleOf(state, clause));
    if (rule == BLF_NONE) return OracleRule{"no rule gives this clause", clause};
    return NameOf(image, rule);
}

std::string TextOf(const OraclePath& path) {
    std::string text = path.lost ? "(lost)" : "";
    for (const std::string& component : path.components) {
        text += '/';
        for (char byte : component) {
            bool plain = byte > 0x20 && byte < 0x7f;
            text += plain ? std::string(1, byte)
                          : fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
        }
    }
    return text.empty() ? "/" : text;
}

std::string Joined(const Components& components) {
    std::string text;
    for (const std::string& component : components) text += "/" + component;
    return text.empty() ? "/" : text;
}

bool IsPlain(const OraclePath& path) {
    return !path.lost && std::ranges::none_of(path.components, [](const std::string& component) {
        return component == "." || component == "..";
    });
}

bool IsPlainOrNone(const std::optional<OraclePath>& path) {
    return !path || IsPlain(*path);
}

bool IsPlain(const OracleWho& who) {
    const auto is_plain = [](const OraclePath& path) { return IsPlain(path); };
    return IsPlainOrNone(who.exe) && IsPlainOrNone(who.parent) && IsPlainOrNone(who.script) &&
           IsPlainOrNone(who.exe_sha256) && IsPlain(who.cgroup) &&
           std::ranges::all_of(who.ancestors, is_plain);
}

std::string JoinedOrNone(const std::optional<OraclePath>& path) {
    return path ? Joined(path->components) : std::string();
}

blf_address AddressOf(const OracleSocket& socket) {
    blf_address address{};
    address.version = socket.address.empty() ? 0 : socket.address.size() == 4 ? 4 : 6;
    for (size_t i = 0; i < socket.address.size(); i++) {
        address.word[i / 8] |= uint64_t{socket.address[i]} << (56 - i % 8 * 8);
    }
    return address;
}

// As people write it.
std::string ObjectOf(const OracleRequest& request) {
    if (BLF_IS_ANYWHERE(request.ask) && request.nowhere) return {};
    if (!BLF_IS_ON_SOCKET(request.ask)) return Joined(request.object.components);
    const blf_address address = AddressOf(request.socket);
    if (address.version == 0) return {};
    return policy::AddressText({.word = {address.word[0], address.word[1]},
                                .version = address.version,
                                .length = policy::AddressBits(address.version)});
}

policy::Asker ProcessOf(const OracleWho& who) {
    policy::Asker asker{.exe = JoinedOrNone(who.exe),
                        .exe_sha256 = JoinedOrNone(who.exe_sha256).substr(who.exe_sha256 ? 1 : 0),
                        .script = JoinedOrNone(who.script),
                        .parent = JoinedOrNone(who.parent),
                        .cgroup = Joined(who.cgroup.components),
                        .uid = who.uid,
                        .login_uid = who.login_uid,
                        .session = who.session,
                        .user_namespace = who.user_namespace,
                        .gids = who.gids,
                        .capabilities = who.capabilities};
    for (const OraclePath& one : who.ancestors) asker.ancestors.push_back(Joined(one.components));
    return asker;
}

policy::Asker AskerOf(const OracleRequest& request) {
    policy::Asker asker = ProcessOf(request.who);
    asker.port = request.socket.port;
    asker.protocol = request.socket.protocol;
    asker.family = request.socket.family;
    asker.type = request.socket.type;
    asker.name = request.details.name.value_or("");
    asker.source = request.details.source.value_or("");
    asker.lockdown = request.details.lockdown;
    asker.command = request.details.command;
    asker.program_type = request.details.program_type;
    asker.map_type = request.details.map_type;
    asker.ptrace_access = request.details.ptrace_access;
    asker.signal = request.details.signal;
    asker.used_capability = request.details.used_capability;
    asker.option = request.details.option;
    asker.resource = request.details.resource;
    asker.mount_flags = request.details.mount_flags;
    asker.target = {ProcessOf(request.target)};
    return asker;
}

void SetPath(const ImageView& image, blf_by by, const OraclePath& path, blf_subject* subject) {
    const blf_dimension dimension = image.dimension(by);
    const PathClass found = ClassOf(image, path, dimension.first, dimension.second);
    std::ranges::fill(subject->path[by], found.state);
    subject->reason[by] = found.reason;
}

// The lists that a program is in.
uint64_t ListsOf(const ImageView& image, blf_by by, const OraclePath& path, blf_subject* subject) {
    const blf_dimension dimension = image.dimension(BLF_BY_LINEAGE);
    const PathClass found = ClassOf(image, path, dimension.first, dimension.second);
    if (found.reason != 0) subject->reason[by] = found.reason;
    return image.Lineages(found.state);
}

blf_request Asked(const ImageView& image, const OracleRequest& request) {
    blf_request asked{};
    asked.ask = request.ask;
    if (BLF_IS_ON_SOCKET(request.ask)) {
        blf_address address = AddressOf(request.socket);
        blf_address_states states;
        blf_find_address(&states, &image, request.ask, &address);
        asked.object[BLF_VISIBLE] = states.given;
        asked.object[BLF_CANONICAL] = states.taken;
        asked.object_reason = states.reason;
        asked.opening[0] = states.given;
        asked.opening[1] = states.taken;
        return asked;
    }
    if (BLF_IS_ANYWHERE(request.ask)) {
        asked.object[BLF_ANYWHERE] = blf_address_table(&image)->none;
        asked.opening[1] = asked.object[BLF_ANYWHERE];
        if (request.nowhere) return asked;
    }
    const blf_root& root = image.root();
    const PathClass object = ClassOf(image, request.object, root.object_root, root.object_lost);
    asked.object[BLF_VISIBLE] = object.state;
    asked.object[BLF_CANONICAL] = object.state;
    asked.object_reason = object.reason;
    asked.opening[0] = object.state;
    return asked;
}

void SetDetails(const ImageView& image, const OracleRequest& request, blf_subject* subject) {
    const OracleSocket& socket = request.socket;
    const OracleDetails& details = request.details;
    const auto set = [&](blf_by by, uint32_t value) { subject->value[by - BLF_AUTOMATA] = value; };
    set(BLF_BY_PORT, socket.port);
    set(BLF_BY_PROTOCOL, socket.protocol);
    set(BLF_BY_FAMILY, socket.family);
    set(BLF_BY_SOCKET_TYPE, socket.type);
    set(BLF_BY_LOCKDOWN, details.lockdown);
    set(BLF_BY_COMMAND, details.command);
    set(BLF_BY_PROGRAM_TYPE, details.program_type);
    set(BLF_BY_MAP_TYPE, details.map_type);
    set(BLF_BY_PTRACE_ACCESS, details.ptrace_access);
    set(BLF_BY_SIGNAL, details.signal);
    set(BLF_BY_USED_CAPABILITY, details.used_capability);
    set(BLF_BY_OPTION, details.option);
    set(BLF_BY_RESOURCE, details.resource);
    subject->mount_flags = details.mount_flags;
    if (details.name) SetPath(image, BLF_BY_NAME, {.components = {*details.name}}, subject);
    if (details.source) SetPath(image, BLF_BY_SOURCE, {.components = {*details.source}}, subject);
}

// One process, by the dimensions of who asks or of whom it is about.
void SetProcess(const ImageView& image, const OracleWho& who, bool target, blf_subject* subject) {
    const auto side = [target](blf_by by) { return target ? policy::OfTarget(by) : by; };
    const auto set = [&](blf_by by, uint32_t value) { subject->value[by - BLF_AUTOMATA] = value; };
    blf_sets& sets = target ? subject->target : subject->own;
    if (who.exe) SetPath(image, side(BLF_BY_EXE), *who.exe, subject);
    if (who.parent) SetPath(image, side(BLF_BY_PARENT), *who.parent, subject);
    if (who.exe_sha256) {
        SetPath(image, side(BLF_BY_EXE_SHA256), *who.exe_sha256, subject);
    }
    SetPath(image, side(BLF_BY_CGROUP), who.cgroup, subject);
    if (who.script) {
        sets.scripts = ListsOf(image, side(BLF_BY_SCRIPT), *who.script, subject);
    }
    const auto add = [&](const OraclePath& ancestor) {
        sets.ancestors |= ListsOf(image, side(BLF_BY_ANCESTORS), ancestor, subject);
    };
    if (who.parent) add(*who.parent);
    std::ranges::for_each(who.ancestors, add);
    set(side(BLF_BY_UID), who.uid);
    set(side(BLF_BY_LOGIN_UID), who.login_uid);
    set(side(BLF_BY_SESSION), who.session);
    set(side(BLF_BY_USER_NAMESPACE), who.user_namespace);
    sets.gid = who.gids.front();
    sets.group_count = static_cast<uint32_t>(who.gids.size());
    sets.groups = reinterpret_cast<uintptr_t>(who.gids.data());
    sets.capabilities = who.capabilities;
}

// Unlike policy::Sift() also of trees that hang nowhere.
blf_who WhoOf(const ImageView& image, const OracleRequest& request, uint64_t passed_over = 0) {
    blf_subject subject{};
    subject.passed_over = passed_over;
    SetDetails(image, request, &subject);
    SetProcess(image, request.who, false, &subject);
    SetProcess(image, request.target, true, &subject);
    return policy::Sift(image, subject);
}

policy::ClassifiedNames ClassesOf(const ImageView& image, const std::vector<OraclePath>& names) {
    const blf_root& root = image.root();
    return {.visible = ClassOf(image, names.front(), root.object_root, root.object_lost),
            .canonical = ClassOf(image, names.back(), root.object_root, root.object_lost)};
}

std::string TextOf(const std::vector<OraclePath>& names) {
    std::string text;
    for (const OraclePath& name : names) text += (text.empty() ? "" : " = ") + TextOf(name);
    return text;
}

std::string TextOf(const OracleWho& who) {
    std::string text = fmt::format(
        "exe {}, parent {}, cgroup {}, uid {}, login {}, session {}, userns {}, caps {:x}",
        who.exe ? TextOf(*who.exe) : "none", who.parent ? TextOf(*who.parent) : "none",
        TextOf(who.cgroup), who.uid, who.login_uid, who.session, who.user_namespace,
        who.capabilities);
    for (uint32_t gid : who.gids) text += fmt::format(", gid {}", gid);
    if (who.exe_sha256) text += ", exe-sha256 " + TextOf(*who.exe_sha256);
    if (who.script) text += ", script " + TextOf(*who.script);
    for (const OraclePath& one : who.ancestors) text += ", ancestor " + TextOf(one);
    return text;
}

std::optional<OracleRule> NamedRule(const ImageView& image, uint32_t number) {
    if (number == BLF_NONE) return std::nullopt;
    return NameOf(image, number);
}

std::string Describe(const std::optional<OracleRule>& rule) {
    return rule ? fmt::format("{}#{}", rule->policy, rule->number) : "none";
}

}  // namespace

OracleVerdict EngineDecide(const ImageView& image, const OracleRequest& request) {
    const blf_root& root = image.root();
    const blf_request asked = Asked(image, request);
    const blf_who who = WhoOf(image, request);
    blf_verdict verdict{};
    blf_decide(&verdict, &image, &root, &asked, &who);
    return {.error = static_cast<int>(verdict.error),
            .rule = RuleOf(image, asked, verdict.clause),
            .audit = RuleOf(image, asked, verdict.audit_clause),
            .applying = {}};
}

EngineMove EngineDecideMove(const ImageView& image, const OracleMove& move) {
    policy::ClassifiedMove asked{.from = ClassesOf(image, move.from),
                                 .to = ClassesOf(image, move.to),
                                 .who = nullptr,
                                 .directory = move.directory};
    const blf_who who = WhoOf(image, {.object = {}, .who = move.who}, BLF_OF_REQUESTS);
    asked.who = &who;
    const blf_root& root = image.root();
    if (move.tag) {
        asked.from.tagged = ClassOf(image, *move.tag, root.object_root, root.object_lost).state;
    }
    const policy::MoveDecision decision = policy::DecideMove(image, asked);
    return {.verdict = {.error = static_cast<int>(decision.error),
                        .rule = NamedRule(image, decision.rule),
                        .audit = NamedRule(image, decision.audit_rule),
                        .applying = {}},
            .states_differ = asked.from.visible.state != asked.to.visible.state ||
                             asked.from.canonical.state != asked.to.canonical.state ||
                             asked.from.tagged != BLF_DEAD};
}

bool CanExplain(const OracleRequest& request) {
    return (BLF_IS_ON_SOCKET(request.ask) || IsPlain(request.object)) && IsPlain(request.who) &&
           IsPlain(request.target);
}

OracleVerdict ExplainDecide(const ImageView& image, const OracleRequest& request) {
    policy::Request asked = policy::RequestOf(request.ask, ObjectOf(request), AskerOf(request));
    asked.who.family = request.socket.family;  // whatever the address is
    Result<policy::Explanation> explanation = policy::Explain(image, asked);
    if (!explanation) return {.error = -1, .rule = {}, .audit = {}, .applying = {}};
    OracleVerdict verdict{
        .error = static_cast<int>(explanation->error), .rule = {}, .audit = {}, .applying = {}};
    if (explanation->rule != BLF_NONE) verdict.rule = NameOf(image, explanation->rule);
    if (explanation->audit_rule != BLF_NONE) verdict.audit = NameOf(image, explanation->audit_rule);
    for (const policy::RuleOpinion& opinion : explanation->opinions) {
        if (opinion.applies) verdict.applying.push_back(NameOf(image, opinion.rule));
    }
    return verdict;
}

std::string Describe(const std::vector<policy::Policy>& policies, const OracleRequest& request) {
    const OracleSocket& socket = request.socket;
    return fmt::format(
        "ask {} of {} or {}, port {}, protocol {}, family {}, type {}, name {}, "
        "source {}, lockdown {}, command {}, program {}, map {}, access {}, "
        "signal {}, uses {}, option {}, resource {}, flags {:x}, {}, target {}\n{}",
        static_cast<int>(request.ask), request.nowhere ? "nowhere" : TextOf(request.object),
        fmt::join(socket.address, "."), socket.port, socket.protocol, socket.family, socket.type,
        request.details.name.value_or("none"), request.details.source.value_or("none"),
        request.details.lockdown, request.details.command, request.details.program_type,
        request.details.map_type, request.details.ptrace_access, request.details.signal,
        request.details.used_capability, request.details.option, request.details.resource,
        request.details.mount_flags, TextOf(request.who), TextOf(request.target),
        policy::DumpModel(policies));
}

std::string Describe(const std::vector<policy::Policy>& policies, const OracleMove& move) {
    return fmt::format("{} from {} to {}, tag {}, {}\n{}", move.directory ? "directory" : "file",
                       TextOf(move.from), TextOf(move.to), move.tag ? TextOf(*move.tag) : "none",
                       TextOf(move.who), policy::DumpModel(policies));
}

std::string Describe(const OracleVerdict& verdict) {
    std::string text = fmt::format("error {}, rule {}, audit {}, applying", verdict.error,
                                   Describe(verdict.rule), Describe(verdict.audit));
    for (const OracleRule& rule : verdict.applying) text += " " + Describe(std::optional(rule));
    return text;
}

}  // namespace bailiff::decide::testing
