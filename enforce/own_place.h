// SPDX-License-Identifier: Apache-2.0
//
// Where bailiff itself lies, as the programs know it (bpf/own.h).
#pragma once

#include "abi/runtime.h"
#include "base/error.h"

namespace bailiff::enforce {

// The directory of this program's file; all 0 where that has another name than bailiff's. Loads a
// program.
Result<blf_own_place> FindOwnPlace();

}  // namespace bailiff::enforce
