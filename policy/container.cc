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
    "/**/docker-{}.scope",
    "/**/libpod-{}.scope",
    "/**/libpod-payload-{}",
    "/**/crio-{}.scope",
    "/**/nerdctl-{}.scope",
    "/**/cri-containerd-{}.scope",
    "/docker/{}",
    "/kubepods/pod*/{}",
    "/kubepods/besteffort/pod*/{}",
    "/kubepods/burstable/pod*/{}",
};
constexpr std::string_view kByName[] = {
    "/**/systemd-nspawn@{}.service",
    "/**/machine-{}.scope",
};
constexpr std::string_view kAnyId = "[0-9a-f][0-9a-f]*";

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
void Add(const Node& node, std::string_view place, const std::string& name, Work* expansion,
         Patterns* patterns) {
    Diagnostics unused;  // the name was looked at by itself
    Node whole = node;
    whole.value = fmt::format(fmt::runtime(place), name) + "/**";
    std::optional<PathPattern> pattern = ParsePath(whole, expansion, &unused);
    if (!pattern) return;
    pattern->components.pop_back();  // without the one component that `/**` asks for
    patterns->push_back(std::move(*pattern));
}

Patterns PlacesOf(const Node& node, const std::string& id, const std::string& name,
                  Work* expansion) {
    Patterns patterns;
    for (std::string_view place : kById) Add(node, place, id, expansion, &patterns);
    for (std::string_view place : kByName) Add(node, place, name, expansion, &patterns);
    if (const std::string escaped = Escaped(name); escaped != name) {
        Add(node, kByName[1], escaped, expansion, &patterns);
    }
    return patterns;
}

}  // namespace

Patterns ParseContainer(const Node& node, Work* expansion, Diagnostics* diagnostics) {
    const bool none = node.value == "none";
    if (none || node.value == "any") {
        Patterns patterns = PlacesOf(node, std::string(kAnyId), "*", expansion);
        for (PathPattern& pattern : patterns) pattern.outside = none;
        return patterns;
    }
    if (node.value.find('/') != std::string::npos) {
        diagnostics->Error(node.where, fmt::format(message::kBadContainer, Shorten(node.value)),
                           message::kHintBadContainer);
        return {};
    }
    if (!ParseName(node, expansion, diagnostics)) return {};
    return PlacesOf(node, node.value, node.value, expansion);
}

}  // namespace bailiff::policy
