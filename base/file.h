// SPDX-License-Identifier: Apache-2.0
//
// Whole files, read and written in one call. `root` prefixes let tests point a function that looks
// at /proc or /etc at a directory of fixtures.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace bailiff {

// The file's bytes. Fails when it is longer than `limit` bytes; files in /proc, whose size reads
// as 0, are read to their end.
Result<std::string> ReadFile(const std::string& path, size_t limit = size_t{64} << 20);

// At most `bytes` of what is still to be read there; `name` is what an error calls it.
Result<std::string> ReadUpTo(int fd, size_t bytes, const std::string& name);

// Writes all of it; `name` is what an error calls the file.
Status WriteAll(int fd, std::string_view bytes, const std::string& name);

// Replaces `path` by a file with these bytes: written beside it, synced, renamed over it, so that
// a reader sees the old file or the new one. Nothing is left behind on failure. The owner and the
// mode are those of the file that is replaced; `mode` is for a new one. A symbolic link is replaced
// itself.
Status WriteFileAtomically(const std::string& path, std::string_view bytes, unsigned mode = 0644);

// `text` without white space at its end.
std::string_view TrimEnd(std::string_view text);

}  // namespace bailiff
