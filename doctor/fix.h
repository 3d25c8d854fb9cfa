// SPDX-License-Identifier: Apache-2.0
//
// How this machine comes to boot with `bpf` among its LSMs. Planning reads; only ApplyFix writes,
// one file of our own (doctor/grub.h) on one kind of boot loader. For the others it is told exactly
// what a person is to do.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "doctor/boot_loader.h"
#include "enforce/probe.h"

namespace bailiff::doctor {

enum class FixKind {
    kNothing,     // bpf is active
    kRebootDue,   // the next boot brings it
    kWrite,       // ApplyFix can do it
    kByHand,      // a boot loader whose files we do not write
    kConflict,    // another file would undo ours
    kImpossible,  // no boot parameter helps, or the list of today is not known
};

struct FixPlan {
    FixKind kind = FixKind::kNothing;
    BootLoader loader;
    std::string lsm;                 // the value of lsm=; empty for kNothing and kImpossible
    std::string reason;              // one sentence for the kind
    std::vector<std::string> notes;  // what stands there already and is overridden
    std::vector<std::string> steps;  // what a person is to do

    // kWrite only
    std::string root;  // goes before `path`
    std::string path;
    std::string old_content;  // empty: there is no such file
    std::string new_content;
    std::vector<std::string> command;  // to run once it is written
};

FixPlan PlanFix(const enforce::KernelFacts& facts, const std::string& root = {});

// The plan in full, with the difference it makes to the file; ends in a newline.
std::string DescribePlan(const FixPlan& plan);

// What `doctor` puts under the failing requirement; with GRUB, the file to write and its line.
std::vector<std::string> SummarizePlan(const FixPlan& plan);

struct FixActions {
    std::function<bool(std::string_view question)> confirm;  // asked once, after DescribePlan
    std::function<Status(const std::vector<std::string>& command)> run;
};

struct FixOutcome {
    bool changed = false;
    std::string text;  // what was done, or why nothing was; ends in a newline
};

// Carries out a plan of kind kWrite; for any other kind, says again why there is nothing to do.
// When the command fails the file stays as written: asking again takes up from there. A failure is
// kNoPrivilege or kKernel.
Result<FixOutcome> ApplyFix(const FixPlan& plan, const FixActions& actions);

}  // namespace bailiff::doctor
