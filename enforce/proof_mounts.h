// SPDX-License-Identifier: Apache-2.0
//
// Calls on mounts and namespaces for the proof (abi/runtime.h).
#pragma once

#include "abi/operation.h"

namespace bailiff::enforce {

// One call of the kind that passes the hook, which the kernel would refuse further on, or which
// changes nothing. `tree`: of a file system that is mounted nowhere, with `file` and `directory` in
// it. 0 or the errno it got; kNobodyCan; ENOSYS for a hook of another kind.
int CallOnMounts(blf_hook hook, int tree);

}  // namespace bailiff::enforce
