// SPDX-License-Identifier: Apache-2.0
//
// The guardian's side of cli/supervise.h, and what it tells.
#pragma once

#include <csignal>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/supervise.h"

namespace bailiff::cli {

// One message to the supervising process, over a socket that keeps messages apart.
struct Told {
    enum What {
        kStarted,    // value: the pid of the command; waits for an answer, which is any byte
        kFailed,     // of the guardian's duties: error, message, remedy; the last word
        kCannotRun,  // value: errno; the last word
        kStopped,
        kEnded,  // value: as of waitpid(2); the last word
    };
    What what = kFailed;
    int value = 0;
    ErrorKind error = ErrorKind::kInternal;
    char message[2048] = {};
    char remedy[2048] = {};
};

struct Charge {
    const std::vector<std::string>& command;
    const Duties& duties;
    sigset_t mask;  // the command's
    int group;      // its process group
};

// From the fork on. Never returns.
[[noreturn]] void Guard(int socket, const Charge& charge);

}  // namespace bailiff::cli
