// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "base/fd.h"

namespace bailiff::enforce {

inline constexpr const char* kLockFile = "/run/bailiff.lock";

// One applying or proving process at a time: waits for its turn. Held until the Fd is closed; the
// kernel drops it with the process. The file is root's alone, so that nobody else can hold it.
Result<Fd> Lock();

// Does somebody hold it now, as far as this process may know? Changes nothing.
bool IsLocked();

}  // namespace bailiff::enforce
