// SPDX-License-Identifier: Apache-2.0
//
// What FILE on a command line stands for: files, `-` for standard input, and of a directory every
// *.yaml and *.yml directly in it, sorted by name.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "policy/source.h"

namespace bailiff::cli {

// What could be read, and why the rest could not. A file that is too large for a policy is read up
// to where that shows, so that the reader of policies tells it.
struct FilesRead {
    policy::Sources sources;
    std::vector<Error> failures;  // all kUsage: what was named cannot be meant
};

// Which files of a directory are meant by it. One without any is a failure.
struct Kind {
    bool (*is_meant)(const policy::Source&);
    const char* nothing;  // ": no policy in it"
    const char* remedy;
};

FilesRead ReadFiles(const std::vector<std::string>& arguments, const Kind& kind);

// All that was read, if everything was. Otherwise one error, which names everything that was not.
Result<policy::Sources> Whole(FilesRead read);

}  // namespace bailiff::cli
