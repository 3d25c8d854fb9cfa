// SPDX-License-Identifier: Apache-2.0
//
// Files by what the kernel calls them, for rules that name them literally: a link that was made
// before the policy is the same file under another name.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "abi/identify.h"
#include "base/error.h"

namespace bailiff::enforce {

struct IdentifiedFile {
    std::string path;
    uint64_t inode = 0;
    uint32_t device = 0;  // s_dev of the kernel
    uint32_t generation = 0;
    uint64_t links = 0;  // names it has
};

// Those of the absolute paths at which there is a file that is no directory and no symbolic link.
// Opens none of them for reading or writing, and waits for none. Loads a program: needs privilege,
// and a kernel that passed doctor's requirements.
Result<std::vector<IdentifiedFile>> IdentifyFiles(const std::vector<std::string>& paths);

// The same of files that this process has open. The program is loaded when there is something to
// ask.
class Identifier {
  public:
    Identifier();
    ~Identifier();
    // By descriptor.
    Result<std::map<uint32_t, blf_identified>> OpenFiles();

  private:
    struct Program;
    std::unique_ptr<Program> program_;
};

}  // namespace bailiff::enforce
