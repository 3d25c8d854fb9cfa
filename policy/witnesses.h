// SPDX-License-Identifier: Apache-2.0
//
// Paths that tell patterns apart: for a pattern, paths that it matches in each of its ways, and
// paths that it nearly matches.
//
//   /srv/**/*.key   /srv/x.key  /srv/.key  /srv/d/x.key  /srv/d/e/x.key
//                   /srv  /srv/x.key/x  /srv/x.ke  /srv/x.key~  /sr/x.key  /srv~/x.key
#pragma once

#include <string>
#include <vector>

#include "policy/path_pattern.h"

namespace bailiff::policy {

// One component is varied at a time, so that the number follows the pattern's length and choices,
// not their product.
std::vector<std::string> WitnessesOf(const PathPattern& pattern);

}  // namespace bailiff::policy
