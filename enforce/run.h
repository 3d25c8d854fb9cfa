// SPDX-License-Identifier: Apache-2.0
//
// A run: policies in force for one command and all that it starts, its *members*, and for nobody
// else. Its deployment stands beside the published one, pinned below kRuns: what either denies is
// denied. The programs know members by their tasks (bpf/member.h), so they stay under the policy
// whatever becomes of the processes of ours that started them; a run without members is over, and
// whoever takes the lock next removes what is left of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "enforce/deployment.h"
#include "enforce/event_ring.h"
#include "policy/image.h"

namespace bailiff::enforce {

class Run {
  public:
    // Loads, attaches and proves programs, publishes the image to them, proves that, and pins it
    // all. Nobody is a member yet. Holds the lock until somebody is: it would be taken for a run
    // that is over.
    // Among::kTraced: the image says what is asked about, and nothing is denied.
    static Result<Run> Begin(policy::Image image, Among among, const KernelTypes& kernel);

    // A process that this one waits with, by its pidfd. It becomes a member with its next exec that
    // succeeds, which itself is judged by nobody's rules but the published ones.
    Status Enlist(int process);

    // What is in force for the members, with its counts; outlasts the run.
    Result<ImageMap> Published() const { return deployment_->Published(); }

    // Of one that is traced: what its members ask for; outlasts the run.
    Result<EventRing> Events() const;

    // Takes it away, and returns when the kernel has released the links, if nobody else holds them.
    // What members there are, are free.
    Status End();

  private:
    Run(std::string directory, Deployment deployment, Fd lock)
        : directory_(std::move(directory)),
          deployment_(std::move(deployment)),
          lock_(std::move(lock)) {}

    std::string directory_;
    std::optional<Deployment> deployment_;
    Fd lock_;
};

struct RunState {
    std::string name;        // of its directory
    Result<ImageMap> image;  // what is in force for its members; kUnknown: of another version
};

// Those that are there. One that goes meanwhile is left out.
Result<std::vector<RunState>> ListRuns();

// Removes what is left of runs that are over. For whoever holds the lock. Where it cannot be told
// whether one has members, because processes are out of sight or it is of another version, it
// stays.
Status RemoveEndedRuns();

}  // namespace bailiff::enforce
