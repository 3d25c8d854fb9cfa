// SPDX-License-Identifier: Apache-2.0
//
// Runs a command as if it had been started in our place: its signals, its end and its stopping are
// ours. Beside it is a guardian, a process that outlives this one and does what is due when the
// command and all that it started are gone:
//
//   this process ── guardian ── command ── what it starts
//
// The guardian is who orphans go to (PR_SET_CHILD_SUBREAPER), so it has children for as long as
// anything is left that the command started. It takes no signal, and keeps none of the
// descriptors that were ours.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"

namespace bailiff::cli {

// What the guardian does. Where it fails before the command's program was run, it never is.
struct Duties {
    // Before: with the pidfd of the process that waits to become it.
    std::function<Status(int process)> begin;
    // When nothing is left of it; also after a failure.
    std::function<Status()> end;
};

struct Ended {
    int status = 0;      // as of waitpid(2)
    int cannot_run = 0;  // errno: it has no program that could be run
};

// Something else to take notice of meanwhile.
struct Watched {
    int fd = -1;
    std::function<void()> is_readable;
};

// Returns when the command has ended: with `end` done, unless something that it started is left.
// Both are dropped in this process when the guardian has them. Signals stay blocked.
Result<Ended> Supervise(const std::vector<std::string>& command, Duties duties,
                        const Watched& watched = {});

// Ends this process by the signal that ended the command; or returns the exit code to end with.
int EndLike(int status);

}  // namespace bailiff::cli
