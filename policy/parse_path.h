// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "policy/diagnostic.h"
#include "policy/node.h"
#include "policy/path_pattern.h"
#include "policy/work.h"

namespace bailiff::policy {

// The pattern of a scalar under `path` or `exe`: absolute, components between single slashes, `**`
// as a whole component (policy/parse_glob.h for the others). Nothing when it is wrong; the first
// thing wrong was added to the diagnostics. `expansion` is what braces may take.
std::optional<PathPattern> ParsePath(const Node& node, Work* expansion, Diagnostics* diagnostics);

// The pattern of a scalar that is no path, such as the name of a module: one component, whatever
// bytes are in it.
std::optional<PathPattern> ParseText(const Node& node, Work* expansion, Diagnostics* diagnostics);

// The pattern of a scalar under `name`: one component, anywhere below the root: /**/NAME.
std::optional<PathPattern> ParseName(const Node& node, Work* expansion, Diagnostics* diagnostics);

}  // namespace bailiff::policy
