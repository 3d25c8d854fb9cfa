// SPDX-License-Identifier: Apache-2.0
//
// Calls about processes for the proof (abi/runtime.h).
#pragma once

#include <sys/types.h>

#include <functional>

#include "abi/operation.h"

namespace bailiff::enforce {

// One call of the kind that passes the hook, which changes nothing. 0 or the errno it got; ENOSYS
// for a hook of another kind.
int CallOnProcess(blf_hook hook);

// The same in a child, for what only a child can try: to be traced by us. `mark` makes it the one
// that the programs answer, and says whether it could.
int CallInChild(const std::function<bool(pid_t child)>& mark);

}  // namespace bailiff::enforce
