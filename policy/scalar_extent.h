// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "policy/node.h"

namespace bailiff::policy {

// The parser tells where a scalar begins, not where it ends. From the text at `begin` these fill in
// the length of node->where, `plain`, `several_lines` and `verbatim`; node->value is set already.
// False: a quoted scalar ends only with the text, which the parser does not mind.
bool MeasureScalar(std::string_view text, size_t begin, Node* node);

}  // namespace bailiff::policy
