// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string>

#include "policy/node.h"

namespace bailiff::policy::testing {

// Each node with its place, length, and what its text is: LINE:COLUMN+LENGTH.
inline std::string DumpNode(const Node& node) {
    std::string text =
        fmt::format("{}:{}+{}", node.where.line, node.where.column, node.where.length);
    switch (node.kind) {
        case Node::Kind::kNull:
            return text + " null";
        case Node::Kind::kScalar:
            return text + fmt::format("{}{}<{}>", node.plain ? " plain" : "",
                                      node.several_lines ? " several" : "", node.value);
        case Node::Kind::kList:
            text += " [";
            for (const Node& item : node.items) text += "\n" + DumpNode(item);
            return text + "]";
        case Node::Kind::kMap:
            break;
    }
    text += " {";
    for (const Entry& entry : node.entries) {
        text += "\n" + DumpNode(entry.key) + " = " + DumpNode(entry.value);
    }
    return text + "}";
}

}  // namespace bailiff::policy::testing
