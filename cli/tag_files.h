// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "cli/output.h"
#include "cli/policy_files.h"
#include "enforce/identify.h"

namespace bailiff::cli {

// Tags the files of this host that the policies name literally (policy/tags.h), by what the kernel
// calls them. Returns them. The image must be there. kPolicy when they do not fit into it.
Result<std::vector<enforce::IdentifiedFile>> TagFiles(Compiled* compiled, const Terms& terms);

// The same, of files that are known already.
Status TagKnownFiles(Compiled* compiled, const Terms& terms,
                     const std::vector<policy::NamedFile>& files,
                     const policy::CompileLimits& limits = {});

// A line for each file that has more than one name: its other names are denied what this one is.
std::string OtherNames(const std::vector<enforce::IdentifiedFile>& files);

// The same files: [{"path", "names"}].
Json OtherNamesJson(const std::vector<enforce::IdentifiedFile>& files);

}  // namespace bailiff::cli
