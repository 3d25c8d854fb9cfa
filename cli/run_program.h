// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace bailiff::cli {

// Runs a program, found in PATH, to its end. An error says how that was and not which program. What
// it says on stdout goes to stderr where our stdout is one JSON object.
Status RunProgram(const std::vector<std::string>& command, bool quiet_stdout);

}  // namespace bailiff::cli
