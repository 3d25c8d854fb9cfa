// SPDX-License-Identifier: Apache-2.0
//
// A tree of files that exists for one case: one below a directory that the host sees, and one in a
// file system that is mounted nowhere ("lost").
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "decide/testing/oracle.h"

namespace bailiff::differential {

using decide::testing::Components;
using decide::testing::OraclePath;

enum class Node { kNone, kFile, kDirectory, kProgram };

class FileTree {
  public:
    // Below this new directory. `program` is what executables are made of: linked on the host,
    // where it must lie in the same file system, copied into the other one.
    static Result<FileTree> Create(const std::string& directory, const std::string& program);
    FileTree(FileTree&&) = default;
    ~FileTree();

    int lost() const { return lost_.get(); }

    // Creates it with the directories on its way; kNone where it cannot be: in a file, too long.
    Node AddFile(const OraclePath& path) { return Add(path, Node::kFile); }
    Node AddProgram(const OraclePath& path) { return Add(path, Node::kProgram); }

    // As open(2) takes it: absolute, or relative to lost().
    std::string TextOf(const OraclePath& path) const;

  private:
    FileTree(std::string directory, std::string program, Fd host, Fd lost)
        : directory_(std::move(directory)),
          program_(std::move(program)),
          host_(std::move(host)),
          lost_(std::move(lost)) {}
    Node Add(const OraclePath& path, Node wanted);
    bool MakeProgram(int parent, const std::string& name, bool lost) const;

    std::string directory_;
    std::string program_;
    Fd host_;  // the root directory
    Fd lost_;
};

}  // namespace bailiff::differential
