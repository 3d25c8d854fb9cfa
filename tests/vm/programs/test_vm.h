// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/file.h"

namespace bailiff {

// Does the kernel's command line carry the rig's token? Whatever loads or changes programs for a
// test asks this first.
inline bool InTestVm() {
    Result<std::string> line = ReadFile("/proc/cmdline");
    return line && (" " + std::string(TrimEnd(*line)) + " ").contains(" bailiff.testvm=1 ");
}

}  // namespace bailiff
