// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/exit_code.h"

namespace bailiff::cli {

// The whole program. Returns the exit code.
int Run(int argc, char** argv);

}  // namespace bailiff::cli
