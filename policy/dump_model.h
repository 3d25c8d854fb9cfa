// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "policy/model.h"
#include "policy/path_pattern.h"

namespace bailiff::policy {

// The model as text, for golden tests and for people: one line a fact.
std::string DumpModel(const std::vector<Policy>& policies);

// A pattern's components: `**`, or the choices in quotes with special bytes as \xHH, `*`, `?` and
// [sets] outside of the quotes: /a{1,2}/**/[b]? is "a1"|"a2" / ** / "b"?
std::string DumpPattern(const PathPattern& pattern);

}  // namespace bailiff::policy
