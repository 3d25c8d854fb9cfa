// SPDX-License-Identifier: Apache-2.0
//
// The loader's side of abi/file_digest.h.
#pragma once

#include "base/error.h"
#include "enforce/deployment.h"

namespace bailiff::enforce {

// For a deployment that was just loaded and notes digests, before it denies anything: proves that
// what the kernel says of a file is its SHA-256 (kKernel: it does not), then hashes what processes
// run that are older than the programs. Nothing to do for one that notes none.
Status BeginDigests(const Deployment& deployment);

}  // namespace bailiff::enforce
