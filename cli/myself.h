// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "policy/asker.h"

namespace bailiff::cli {

// This process as policies see it, from /proc. What cannot be read is as if it were not there.
policy::Asker Myself();

}  // namespace bailiff::cli
