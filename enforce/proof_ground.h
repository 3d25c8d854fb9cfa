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

class ProofGround {
  public:
    // Passes hooks itself (a file and a directory are made), so a policy in force that denies that
    // everywhere makes it fail.
    static Result<ProofGround> Make();

    // Makes one call of the kind that passes the hook. 0, or the errno it got.
    int Call(blf_hook hook) const;

  private:
    ProofGround(Fd memory, Fd tree) : memory_(std::move(memory)), tree_(std::move(tree)) {}

    int Names(blf_hook hook) const;
    int Attributes(blf_hook hook) const;
    int Use(blf_hook hook) const;
    static int MakeChild();
    int Truncate() const;
    int ReceiveDescriptor() const;

    Fd memory_;  // a file without a name
    Fd tree_;    // with `file` and `directory` in it
};

}  // namespace bailiff::enforce
