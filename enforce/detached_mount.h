// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "base/fd.h"

namespace bailiff::enforce {

// The root of a new, empty file system in memory that is mounted nowhere: it ends with its
// descriptor, and nobody else sees it.
Result<Fd> MountNowhere();

}  // namespace bailiff::enforce
