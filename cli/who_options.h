// SPDX-License-Identifier: Apache-2.0
//
// Options that say who asks: one for each row of abi/selectors.def.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/arguments.h"
#include "policy/asker.h"

namespace bailiff::cli {

// By the word of the selector; what was not given is missing.
using WhoOptions = std::map<std::string, std::vector<std::string>>;

void DeclareWho(Arguments arguments, WhoOptions* options);

// Names of users and groups are looked up on this machine.
Result<policy::Asker> AskerOf(const WhoOptions& options);

}  // namespace bailiff::cli
