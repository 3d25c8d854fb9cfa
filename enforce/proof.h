// SPDX-License-Identifier: Apache-2.0
//
// Loaded and attached is not enforced. For each hook the calling process makes one harmless call
// of that kind, which the programs answer with an errno that nothing else gives, to this process
// only and only now (abi/runtime.h). The errno came back, from a program that saw the image we
// mean: proved.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "enforce/deployment.h"
#include "enforce/proof_ground.h"

namespace bailiff::enforce {

struct HookProof {
    std::string hook;
    bool answered = false;  // by our program, whatever the call came to
    bool proved = false;
    bool nobody_can = false;  // ask there, as the kernel is set now: there is nothing to prove
    std::string found;        // what was seen, in words
};

struct Proof {
    std::vector<HookProof> hooks;
    bool complete() const;
};

// Of each hook that is attached. Fails only when the question cannot be put. `generation`: of the
// image that must be seen. Where a hook's program does not answer, it is asked again for a second.
Result<Proof> Prove(const Deployment& deployment, const ProofGround& ground, uint64_t generation);

// The same, and kKernel for a proof that is not complete: names the hooks, what was seen, and what
// to look at.
Result<Proof> ProveOrFail(const Deployment& deployment, const ProofGround& ground,
                          uint64_t generation);

}  // namespace bailiff::enforce
