// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>

namespace bailiff::enforce {

// Of a system call that has just returned: 0, or errno.
inline int ErrnoOf(long result) {
    return result < 0 ? errno : 0;
}

}  // namespace bailiff::enforce
