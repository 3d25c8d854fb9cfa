// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace bailiff {

// What lies at a path, as far as symbolic links go. Its directories are followed, it is not.
struct LinkLook {
    enum class Kind {
        kMissing,  // nothing, or no directory on the way
        kPlain,    // something that is no link
        kLink,
        kUnknown,  // it cannot be looked at
    };
    Kind kind = Kind::kMissing;
    std::string target;  // of a link, as it is written there
    bool roots = true;   // of a link: it belongs to root
    int error = 0;       // why it cannot be looked at
};

LinkLook LookAtLink(const std::string& path);

}  // namespace bailiff
