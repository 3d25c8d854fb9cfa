// SPDX-License-Identifier: Apache-2.0
//
// A policy's text as a tree: nothing is known yet about keys or types. A plain scalar stays the
// text it is (`no`, `0644` and `1.10` are never guessed to be something else); the schema converts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/source.h"

namespace bailiff::policy {

struct Entry;

struct Node {
    enum class Kind { kNull, kScalar, kList, kMap };

    Kind kind = Kind::kNull;
    Span where;  // the scalar; the list's or map's beginning; for a missing value, its key

    // Of a scalar:
    std::string value;
    bool plain = false;          // written without quotes
    bool several_lines = false;  // in the text, whatever the value is
    // Where the value's first byte is, counted from where.column, if the text has the value's bytes
    // as they are; -1 if it does not (escapes, folded lines).
    int verbatim = -1;

    bool refused = false;     // already told to be wrong: readers pass over it
    bool incomplete = false;  // a map that the text breaks off in: keys may be missing

    std::vector<Node> items;     // of a list
    std::vector<Entry> entries;  // of a map, in the order of the text, keys distinct

    // The place of value[offset, offset + length), or of the whole scalar if that cannot be told.
    Span At(size_t offset, size_t length) const;

    // The value of a key, or null. For maps.
    const Node* Find(std::string_view key) const;
};

struct Entry {
    Node key;  // a scalar
    Node value;
};

// What a node is, for a message: "a map".
inline std::string_view KindName(const Node& node) {
    switch (node.kind) {
        case Node::Kind::kNull:
            return "nothing";
        case Node::Kind::kList:
            return "a list";
        case Node::Kind::kMap:
            return "a map";
        case Node::Kind::kScalar:
            break;
    }
    return node.several_lines ? "text of several lines" : "text";
}

inline Span Node::At(size_t offset, size_t length) const {
    if (verbatim < 0) return where;
    Span span = where;
    span.column += static_cast<uint32_t>(verbatim) + static_cast<uint32_t>(offset);
    span.length = static_cast<uint32_t>(length > 0 ? length : 1);
    return span;
}

inline const Node* Node::Find(std::string_view key) const {
    for (const Entry& entry : entries) {
        if (entry.key.value == key) return &entry.value;
    }
    return nullptr;
}

}  // namespace bailiff::policy
