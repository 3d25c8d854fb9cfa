// SPDX-License-Identifier: Apache-2.0
#include "policy/container.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "policy/messages.h"
#include "policy/parse_path.h"
#include "policy/utf8.h"

namespace bailiff::policy {
namespace {

// Where a container is, its id or its name being {}. What runtimes call by an id has at least one
// hexadecimal digit where their monitors have `conmon-`.
constexpr std::string_view kById[] = {
    // the systemd driver
    "/**/docker-{}.scope",
    "/**/libpod-{}.scope",
    "/**/crio-{}.scope",
    "/**/nerdctl-{}.scope",
    "/**/cri-containerd-{}.scope",
    // the cgroupfs driver
    "/**/libpod-{}",
    "/**/libpod-payload-{}",
    "/**/crio-{}",
    "/docker/{}",
    "/kubepods/pod*/{}",
    "/kubepods/besteffort/pod*/{}",
    "/kubepods/burstable/pod*/{}",
};
constexpr std::string_view kByName[] = {
    "/k8s.io/{}",
    "/**/systemd-nspawn@{}.service",
    "/**/machine-{}.scope",
};
constexpr std::string_view kByScope = kByName[2];

constexpr std::string_view kAnyId = "[0-9a-f][0-9a-f]*";

// And where any container is.
constexpr std::string_view kAny[] = {
    "/k8s.io/*",
    // systemd-nspawn itself is in `supervisor`, or on its way there. To leave it out by name as
    // well would make lists of names multiply.
    "/**/systemd-nspawn@*.service/payload",
    // Not the virtual machines of libvirt, `qemu-NUMBER-` and `ch-NUMBER-`, whose scopes look the
    // same: every name that leaves these at some byte, or ends before.
    R"(/**/machine-{[!qc]*,q,q[!e]*,qe,qe[!m]*,qem,qem[!u]*,qemu,qemu[!\\]*,qemu\\,qemu\\[!x]*,)"
    R"(qemu\\x,qemu\\x[!2]*,qemu\\x2,qemu\\x2[!d]*,qemu\\x2d,qemu\\x2d[!0-9]*,)"
    R"(c,c[!h]*,ch,ch[!\\]*,ch\\,ch\\[!x]*,ch\\x,ch\\x[!2]*,ch\\x2,ch\\x2[!d]*,ch\\x2d,)"
    R"(ch\\x2d[!0-9]*}.scope)",
};

// systemd writes a `-` of a machine's name as \x2d into the name of its scope.
std::string Escaped(std::string_view name) {
    std::string escaped;
    for (char byte : name) {
        if (byte == '[') return std::string(name);
        escaped += byte == '-' ? R"(\\x2d)" : std::string(1, byte);
    }
    return escaped;
}

// The cgroup itself, and all below it.
void Add(const Node& node, const std::string& place, Work* expansion, Patterns* patterns) {
    Diagnostics unused;  // the name was looked at by itself
    Node whole = node;
    whole.value = place + "/**";
    std::optional<PathPattern> pattern = ParsePath(whole, expansion, &unused);
    if (!pattern) return;
    pattern->components.pop_back();  // without the one component that `/**` asks for
    patterns->push_back(std::move(*pattern));
}

void AddNamed(const Node& node, std::string_view place, std::string_view name, Work* expansion,
              Patterns* patterns) {
    Add(node, fmt::format(fmt::runtime(place), name), expansion, patterns);
}

Patterns AnyPlace(const Node& node, Work* expansion) {
    Patterns patterns;
    for (std::string_view place : kById) AddNamed(node, place, kAnyId, expansion, &patterns);
    for (std::string_view place : kAny) Add(node, std::string(place), expansion, &patterns);
    return patterns;
}

Patterns PlacesOf(const Node& node, const std::string& name, Work* expansion) {
    Patterns patterns;
    for (std::string_view place : kById) AddNamed(node, place, name, expansion, &patterns);
    for (std::string_view place : kByName) AddNamed(node, place, name, expansion, &patterns);
    if (const std::string escaped = Escaped(name); escaped != name) {
        AddNamed(node, kByScope, escaped, expansion, &patterns);
    }
    return patterns;
}

}  // namespace

Patterns ParseContainer(const Node& node, Work* expansion, Diagnostics* diagnostics) {
    const bool none = node.value == "none";
    if (none || node.value == "any" || node.value == "*") {
        Patterns patterns = AnyPlace(node, expansion);
        for (PathPattern& pattern : patterns) pattern.outside = none;
        return patterns;
    }
    if (node.value.find('/') != std::string::npos) {
        diagnostics->Error(node.where, fmt::format(message::kBadContainer, Shorten(node.value)),
                           message::kHintBadContainer);
        return {};
    }
    if (!ParseName(node, expansion, diagnostics)) return {};
    return PlacesOf(node, node.value, expansion);
}

}  // namespace bailiff::policy
