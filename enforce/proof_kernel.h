// SPDX-License-Identifier: Apache-2.0
//
// Calls about the kernel itself for the proof (abi/runtime.h).
#pragma once

#include "abi/operation.h"

namespace bailiff::enforce {

// One call of the kind that passes the hook, which the kernel would refuse further on, or which
// changes nothing. 0 or the errno it got; kNobodyCan; ENOSYS for a hook of another kind.
int CallOnKernel(blf_hook hook);

}  // namespace bailiff::enforce
