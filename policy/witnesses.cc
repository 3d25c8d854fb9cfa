// SPDX-License-Identifier: Apache-2.0
#include "policy/witnesses.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "abi/limits.h"

namespace bailiff::policy {
namespace {

// What stands for a byte of the set: one that a person can read, if there is one.
char Representative(const std::bitset<256>& bytes) {
    for (const auto& [first, last] : {std::pair('a', 'z'), {'0', '9'}, {'A', 'Z'}, {'!', '~'}}) {
        for (char byte = first; byte <= last; ++byte) {
            if (byte != '/' && bytes[static_cast<unsigned char>(byte)]) return byte;
        }
    }
    for (unsigned byte = 1; byte < 256; ++byte) {
        if (byte != '/' && bytes[byte]) return static_cast<char>(byte);
    }
    return 'x';
}

// A name that the glob matches, each `*` as `star`.
std::string NameOf(const Glob& glob, std::string_view star) {
    std::string name;
    for (const GlobElement& element : glob) {
        if (element.star) {
            name += star;
        } else {
            name += Representative(element.bytes);
        }
    }
    return name;
}

bool IsName(const std::string& name) {
    return !name.empty() && name.size() <= BLF_NAME_MAX && name != "." && name != "..";
}

// What may stand in a component's place, the most ordinary first. A `**` may also be nothing.
std::vector<std::string> WaysOf(const Component& component) {
    if (component.any_depth) return {"", "d", "d/e"};
    if (!component.name.empty()) return {component.name};
    std::vector<std::string> ways;
    for (const Glob& choice : component.choices) {
        for (const char* star : {"x", ""}) {
            std::string name = NameOf(choice, star);
            if (IsName(name) && std::ranges::find(ways, name) == ways.end()) {
                ways.push_back(std::move(name));
            }
        }
    }
    return ways;
}

std::vector<std::string> NearMissesOf(const std::string& name) {
    std::vector<std::string> misses;
    for (std::string miss : {name.substr(0, name.size() - 1), name + "~"}) {
        if (IsName(miss)) misses.push_back(std::move(miss));
    }
    return misses;
}

std::string Join(const std::vector<std::string>& components) {
    std::string path;
    for (const std::string& component : components) {
        if (!component.empty()) path += "/" + component;
    }
    return path.empty() ? "/" : path;
}

}  // namespace

std::vector<std::string> WitnessesOf(const PathPattern& pattern) {
    std::vector<std::vector<std::string>> ways;
    std::vector<std::string> base;
    for (const Component& component : pattern.components) {
        ways.push_back(WaysOf(component));
        // No name of at most NAME_MAX bytes matches it.
        if (ways.back().empty()) return {};
        base.push_back(ways.back().front());
    }
    std::vector<std::string> paths = {Join(base)};
    auto add_with = [&](size_t at, std::string name) {
        std::string ordinary = std::exchange(base[at], std::move(name));
        paths.push_back(Join(base));
        base[at] = std::move(ordinary);
    };
    for (size_t i = 0; i < base.size(); ++i) {
        for (size_t way = 1; way < ways[i].size(); ++way) add_with(i, ways[i][way]);
        if (base[i].empty()) continue;
        for (std::string& miss : NearMissesOf(base[i])) add_with(i, std::move(miss));
    }
    if (paths.front() != "/") {
        paths.push_back(paths.front() + "/x");
        base.pop_back();
        paths.push_back(Join(base));
    }
    return paths;
}

}  // namespace bailiff::policy
