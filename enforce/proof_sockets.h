// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "abi/operation.h"

namespace bailiff::enforce {

// Makes one call of the kind that passes the hook, on a socket of its own that nobody else sees:
// while this process carries the probe, its other calls on sockets pass (bpf/socket.h). 0, or the
// errno it got; ENOSYS if the hook is not on sockets.
int CallOnSocket(blf_hook hook);

}  // namespace bailiff::enforce
