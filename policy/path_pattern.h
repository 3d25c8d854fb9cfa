// SPDX-License-Identifier: Apache-2.0
//
// A path pattern, parsed. A pattern is a list of components; each is "any number of components"
// (`**`), one name, or a choice of globs (`{a,b}` was expanded, inside its component). A glob is a
// list of elements, each of which consumes one byte, or any number of bytes (`*`).
//
// Matching is by whole components: the path /a/b/c is the components a, b, c; the root directory
// is no component at all, so the pattern "/" matches it and nothing else. `any_depth` is any number
// of components, none included. A `**` that ends a pattern means at least one: /dir/** is what is
// below /dir and not /dir itself, and is read as the components dir, any_depth, `*`; "/**" is all
// below the root and not the root itself.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

#include "policy/source.h"

namespace bailiff::policy {

struct GlobElement {
    bool star = false;       // any number of bytes; `bytes` is unused
    std::bitset<256> bytes;  // one byte out of this set: a literal has one member, `?` all

    friend bool operator==(const GlobElement&, const GlobElement&) = default;
};

using Glob = std::vector<GlobElement>;

// One of the three. A name could be a glob as well, 40 times as large: most components are names.
struct Component {
    bool any_depth = false;     // `**`
    std::string name;           // the only one that matches
    std::vector<Glob> choices;  // any of them

    friend bool operator==(const Component&, const Component&) = default;
};

struct PathPattern {
    std::vector<Component> components;
    std::string text;  // as written; `name: x` is written out as /**/x
    Span where;
    bool outside = false;  // of a list of cgroups: those that no such pattern of it matches
};

// True when the glob matches exactly one name; `name` is then set to it.
bool IsLiteral(const Glob& glob, std::string* name);

// The glob that matches this name and no other.
Glob LiteralGlob(std::string_view name);

// `*` and nothing else: any one component.
bool IsAnyName(const Glob& glob);

// Does the glob match the whole of `name`? Linear in practice, used when compiling.
bool MatchGlob(const Glob& glob, std::string_view name);

}  // namespace bailiff::policy
