// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"

namespace bailiff::cli {

// What scripts can rely on; `bailiff --help` and docs/ tell them.
enum ExitCode {
    kOk = 0,
    kNo = 1,           // the answer is no: denied, not enforcing, not proved
    kUsage = 2,        // the command line makes no sense
    kCannotTell = 3,   // the state is not readable
    kNoPrivilege = 4,  // run as root
    kInvalid = 5,      // the policy has errors
    kKernelLacks = 6,  // the kernel lacks something, or did not obey
    kInternal = 70,    // a mistake of ours, a system call that should not fail, or half done
    // Of `bailiff run`, which otherwise ends as its command does; the numbers are the shell's.
    kCannotRun = 126,  // the command is no program, or may not be run
    kNotFound = 127,   // there is no such program
};

constexpr ExitCode ExitCodeOf(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::kUsage:
            return kUsage;
        case ErrorKind::kNoPrivilege:
            return kNoPrivilege;
        case ErrorKind::kPolicy:
            return kInvalid;
        case ErrorKind::kKernel:
            return kKernelLacks;
        case ErrorKind::kUnknown:
            return kCannotTell;
        case ErrorKind::kSystem:
        case ErrorKind::kExhausted:
        case ErrorKind::kHalfDone:
        case ErrorKind::kInternal:
            break;
    }
    return kInternal;
}

}  // namespace bailiff::cli
