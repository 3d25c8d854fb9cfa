// SPDX-License-Identifier: Apache-2.0
//
// Where a proof is made: memory, and a small file system that is mounted nowhere. The calls would
// change nothing that anybody sees, were they obeyed.
#pragma once

#include <cstdint>

#include "abi/operation.h"
#include "base/error.h"
#include "base/fd.h"

namespace bailiff::enforce {

// As the kernel is set now, nobody can make such a call (NobodyCan() in proof.cc says why).
inline constexpr int kNobodyCan = -1;

// The names in its file system.
inline constexpr char kProofFile[] = "file";
inline constexpr char kProofDirectory[] = "directory";

class ProofGround {
  public:
    // Passes hooks itself (a file and a directory are made), so a policy in force that denies that
    // everywhere makes it fail.
    static Result<ProofGround> Make();

    // Makes one call of the kind that passes the hook. 0, or the errno it got, or kNobodyCan.
    int Call(blf_hook hook) const;

  private:
    ProofGround(Fd memory, Fd tree, Fd device)
        : memory_(std::move(memory)), tree_(std::move(tree)), device_(std::move(device)) {}

    int Names(blf_hook hook) const;
    int Attributes(blf_hook hook) const;
    int Use(blf_hook hook) const;
    static int MakeChild();
    int Truncate() const;
    int ReceiveDescriptor() const;

    Fd memory_;  // a file without a name
    Fd tree_;    // with `file` and `directory` in it
    Fd device_;  // /dev/null by another name; empty where it could not be opened
};

}  // namespace bailiff::enforce
