// SPDX-License-Identifier: Apache-2.0
//
// Nobody locked out by surprise: would a policy keep root from running `bailiff off`, or the next
// `bailiff apply`?
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "abi/operation.h"
#include "base/error.h"
#include "policy/image.h"

namespace bailiff::cli {

// One access that a command, started as this process was, cannot do without.
struct Need {
    blf_ask ask{};
    std::string path;
    std::string exe;  // of the process that does it
    std::string why;  // "to start bailiff"
    std::string command = "off";
    bool lost = false;  // in a tree that is mounted nowhere, the one on which hooks are proved
};

// Of root on this machine now: the executable and its ELF interpreter, which whoever starts bailiff
// must be able to open and run; then libraries, the lock, the pins. What cannot be told is left
// out.
std::vector<Need> NeedsOfOff();
// What `apply` needs beyond that: the directories that it makes and moves, to be proved and to
// exchange programs; what tells whether the kernel is fit.
std::vector<Need> NeedsOfApply();
std::vector<Need> AllNeeds();

struct Lockout {
    std::string rule;  // "keep, rule 1 (/etc/bailiff/keep.yaml:3)"
    Need need;
    std::string denied;  // "reading", "file.mkdir": of what is needed, what the rule is about
};

// The first need that the image denies to user 0.
std::optional<Lockout> FindLockout(const policy::ImageView& image, const std::vector<Need>& needs);

// kPolicy: which rule, what it would deny, and what to do.
Error LockoutError(const Lockout& lockout);

// An apply that failed because its own policy, published for a moment, denied it what it needed
// gives errors that are no help: kKernel, naming the rule. A kernel that did not obey may have had
// the policy for a reason, so that is named beside it. Other errors stay as they are.
Error BlameLockout(Error error, const Lockout& lockout);

// The same where root was refused, and a rule of what is in force denies what bailiff needs: named
// beside the error. None where that is not so.
std::optional<Error> BlameWhatIsInForce(Error error);

}  // namespace bailiff::cli
