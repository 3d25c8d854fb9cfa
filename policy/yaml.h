// SPDX-License-Identifier: Apache-2.0
//
// Text to nodes: the subset of YAML that a policy may use. Scalars, lists and maps; several
// documents a file, each begun by a line `---`. Anything by which two readers could disagree about
// a text is refused: duplicate keys, aliases, anchors, tags, merge keys, keys that are no scalars.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/node.h"
#include "policy/source.h"

namespace bailiff::policy {

inline constexpr int kMaxDepth = 16;
inline constexpr int kMaxNodes = 2'000'000;

// The documents of one file, as far as they could be read. After a syntax error the rest of the
// file is not looked at; of a document that is a map, which has it, what was complete by then is
// returned: its entries, and of the list that was being read the items.
std::vector<Node> ReadYaml(const Source& source, uint32_t file, Diagnostics* diagnostics);

// The same, of a text that CheckText() let through, with the YAML parser only: what ReadYaml() must
// equal, whatever it spares the parser.
std::vector<Node> ReadWholeYaml(const Source& source, uint32_t file, Diagnostics* diagnostics);

}  // namespace bailiff::policy
