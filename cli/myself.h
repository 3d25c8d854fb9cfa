// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "policy/asker.h"

namespace bailiff::cli {

// The path of a process's executable ("self", "1"); empty: it has none, or it cannot be read.
std::string ExecutableOf(const std::string& process);

// The SHA-256 of this process's executable in hexadecimal; empty: it cannot be read.
std::string DigestOfMyself();

// This process as policies see it, from /proc, its digest aside. What cannot be read is as if it
// were not there.
policy::Asker Myself();

}  // namespace bailiff::cli
