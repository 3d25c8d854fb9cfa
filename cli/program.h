// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "cli/exit_code.h"

namespace bailiff::cli {

// The whole program. Returns the exit code.
int Run(int argc, char** argv);

// What the work returns; whatever it throws is told, as JSON if so asked, and is kInternal.
int Guarded(bool json, const std::function<int()>& work);

}  // namespace bailiff::cli
