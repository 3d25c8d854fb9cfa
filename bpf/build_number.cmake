# SPDX-License-Identifier: Apache-2.0
# Writes HEADER: the number that OBJECTS are told by, the beginning of a SHA-256 of theirs.
foreach(object ${OBJECTS})
  file(SHA256 ${object} digest)
  string(APPEND digests ${digest})
endforeach()
string(SHA256 digest "${digests}")
string(SUBSTRING ${digest} 0 16 number)
file(WRITE ${HEADER} "// Generated.
#pragma once
#include <cstdint>
namespace bailiff {
inline constexpr uint64_t kBuildNumber = 0x${number};
}
")
