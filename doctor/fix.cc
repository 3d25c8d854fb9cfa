// SPDX-License-Identifier: Apache-2.0
#include "doctor/fix.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "doctor/diff.h"
#include "doctor/grub.h"
#include "doctor/lsm_list.h"
#include "doctor/manual_steps.h"

namespace bailiff::doctor {
namespace {

constexpr std::string_view kGrubConfig = "/boot/grub/grub.cfg";

// What the next boot will say, by the configuration that GRUB itself reads; none when it cannot be
// read or has no entry.
std::optional<std::string> NextBootLsm(const std::string& root) {
    auto text = ReadFile(root + std::string(kGrubConfig));
    if (!text) return std::nullopt;
    GrubEntries entries = ParseGrubConfig(*text);
    if (entries.total == 0) return std::nullopt;
    return LastParameter(entries.first, "lsm").value_or("");
}

// An empty reason: a boot parameter is what is missing.
std::string WhyImpossible(const enforce::KernelFacts& facts, const std::string& running_lsm) {
    if (!facts.active_lsms) {
        return "the LSMs that are active now are not known (" + facts.active_lsms.error().message +
               "), and lsm= would switch off any that it does not name";
    }
    if (facts.config && !facts.config->bpf_lsm) {
        return "this kernel was built without CONFIG_BPF_LSM; no boot parameter brings it";
    }
    if (NamesBpf(running_lsm)) {
        return "this kernel was booted with lsm=" + running_lsm +
               " and bpf is not active; it does not know it";
    }
    return {};
}

// `security=` picks one of the large LSMs; the list of what is active already shows its choice.
void NoteSecurityParameter(const enforce::KernelFacts& facts, FixPlan& plan) {
    if (!facts.command_line) return;
    auto chosen = LastParameter(*facts.command_line, "security");
    if (!chosen) return;
    bool active = std::ranges::find(*facts.active_lsms, *chosen) != facts.active_lsms->end();
    plan.notes.push_back(fmt::format("booted with security={}, which lsm= overrides; {} {}",
                                     *chosen, *chosen,
                                     active ? "stays in the list" : "is not active now"));
}

bool IsLink(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::is_symlink(path, ignored);
}

void PlanGrub(const std::string& command_line, FixPlan& plan) {
    GrubSurvey survey = SurveyGrub(plan.root);
    plan.path = kGrubDropIn;
    std::ranges::move(survey.notes, std::back_inserter(plan.notes));
    plan.old_content = ReadFile(plan.root + plan.path).value_or("");
    plan.new_content = DropInWith(plan.old_content, plan.lsm);
    plan.command = {"update-grub"};
    auto next = NextBootLsm(plan.root);
    bool written = plan.new_content == plan.old_content;
    if (next ? NamesBpf(*next) : written) {
        plan.kind = FixKind::kRebootDue;
        plan.reason = next ? fmt::format("the first entry of {} has lsm={}", kGrubConfig, *next)
                           : fmt::format("{} is written", plan.path);
        plan.steps = {"sudo reboot"};
    } else if (!survey.conflicts.empty()) {
        plan.kind = FixKind::kConflict;
        plan.reason = fmt::format("{} would be undone by a file that is read later", plan.path);
        plan.steps = std::move(survey.conflicts);
        plan.steps.push_back("change that, then: sudo bailiff doctor --fix");
    } else if (HasInitArguments(command_line)) {
        plan.kind = FixKind::kConflict;
        plan.reason = "the command line has `--`: what is added behind it goes to init";
        plan.steps = {fmt::format("add lsm={} before it, in /etc/default/grub", plan.lsm),
                      "sudo update-grub", "sudo reboot"};
    } else if (!written && IsLink(plan.root + plan.path)) {
        plan.kind = FixKind::kConflict;
        plan.reason = fmt::format("{} is a symbolic link", plan.path);
        plan.steps = {"put a file in its place, or remove it, then: sudo bailiff doctor --fix"};
    } else {
        plan.kind = FixKind::kWrite;
        plan.reason = fmt::format("sudo bailiff doctor --fix   {} {}",
                                  written ? "runs update-grub for" : "writes", plan.path);
    }
}

std::string ListOf(std::string_view heading, const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
        text += fmt::format("{:<13}{}\n", text.empty() ? heading : "", line);
    }
    return text;
}

// Does the configuration that update-grub wrote do what we meant?
Status VerifyNextBoot(const FixPlan& plan) {
    auto next = NextBootLsm(plan.root);
    if (!next || *next == plan.lsm) return {};
    return Fail(ErrorKind::kKernel,
                fmt::format("{} is written and {} ran, but the first entry of {} has {}", plan.path,
                            fmt::join(plan.command, " "), kGrubConfig,
                            next->empty() ? "no lsm=" : "lsm=" + *next),
                fmt::format("find what overrides it: grep -rn lsm= /etc/default/grub "
                            "/etc/default/grub.d /etc/grub.d"));
}

// What the kernel lacks it lacks still, whatever failed on the way.
Error NotFixed(Error error) {
    if (error.kind == ErrorKind::kSystem || error.kind == ErrorKind::kExhausted) {
        error.kind = ErrorKind::kKernel;
    }
    return error;
}

Status Write(const FixPlan& plan) {
    if (plan.new_content == plan.old_content) return {};
    std::string target = plan.root + plan.path;
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(target).parent_path(), error);
    if (error) return FailErrno(plan.path, error.value());
    return WriteFileAtomically(target, plan.new_content);
}

}  // namespace

FixPlan PlanFix(const enforce::KernelFacts& facts, const std::string& root) {
    FixPlan plan;
    plan.root = root;
    plan.loader = FindBootLoader(root);
    if (facts.active_lsms && HasBpf(*facts.active_lsms)) {
        plan.reason = "bpf is among the active LSMs";
        return plan;
    }
    std::string command_line = facts.command_line.value_or("");
    plan.reason = WhyImpossible(facts, LastParameter(command_line, "lsm").value_or(""));
    if (!plan.reason.empty()) {
        plan.kind = FixKind::kImpossible;
        return plan;
    }
    auto version = facts.release ? facts.release->version : enforce::KernelVersion{};
    plan.lsm = LsmValue(*facts.active_lsms, version);
    if (version < kIntegrityAlwaysOn) {
        plan.notes.push_back("integrity is named because kernels before 6.6 panic in IMA without");
    }
    NoteSecurityParameter(facts, plan);
    if (plan.loader.kind == Loader::kGrubDebian) {
        PlanGrub(command_line, plan);
    } else {
        plan.kind = FixKind::kByHand;
        plan.reason = plan.loader.kind != Loader::kUnknown
                          ? "bailiff does not write this boot loader's files"
                      : plan.loader.evidence.empty()
                          ? "no boot loader was found that bailiff knows"
                          : "what writes this boot loader's configuration was not found";
        plan.steps = ManualSteps({plan.loader.kind, plan.lsm, command_line, root,
                                  facts.release ? facts.release->name : std::string()});
    }
    return plan;
}

std::string DescribePlan(const FixPlan& plan) {
    if (plan.kind == FixKind::kNothing) return "Nothing to fix: " + plan.reason + ".\n";
    if (plan.kind == FixKind::kImpossible) return "Cannot be fixed here: " + plan.reason + ".\n";
    std::string loader(NameOf(plan.loader.kind));
    if (!plan.loader.evidence.empty()) loader += " (" + plan.loader.evidence + ")";
    std::string text = ListOf("boot loader", {loader});
    text += ListOf("boot with", {"lsm=" + plan.lsm, "what is active now, and bpf"});
    text += ListOf("note", plan.notes);
    switch (plan.kind) {
        case FixKind::kRebootDue:
            return text + "Only a reboot is due: " + plan.reason + ".\n";
        case FixKind::kWrite:
            text += ListOf("then", {fmt::format("{}", fmt::join(plan.command, " "))});
            text += ListOf("", {"recovery entries keep the list of today"});
            return text + UnifiedDiff(plan.path, plan.old_content, plan.new_content);
        default:
            return text + ListOf("to do", plan.steps) + "Nothing is written: " + plan.reason +
                   ".\n";
    }
}

std::vector<std::string> SummarizePlan(const FixPlan& plan) {
    switch (plan.kind) {
        case FixKind::kNothing:
        case FixKind::kImpossible:
            return {};
        case FixKind::kWrite:
            if (plan.new_content == plan.old_content) return {plan.reason};
            return {plan.reason + " with the line", "  " + DropInLine(plan.lsm),
                    fmt::format("and runs {}", fmt::join(plan.command, " "))};
        case FixKind::kRebootDue:
            return {"reboot: " + plan.reason};
        case FixKind::kConflict:
            return {"bailiff doctor --fix   says what stands in the way"};
        case FixKind::kByHand:
            break;
    }
    return {"bailiff doctor --fix   says what to do for this boot loader"};
}

Result<FixOutcome> ApplyFix(const FixPlan& plan, const FixActions& actions) {
    if (plan.kind != FixKind::kWrite) return FixOutcome{false, DescribePlan(plan)};
    std::string command = fmt::format("{}", fmt::join(plan.command, " "));
    bool write = plan.new_content != plan.old_content;
    std::string question = write ? fmt::format("Write {} and run {}?", plan.path, command)
                                 : fmt::format("{} is written; run {}?", plan.path, command);
    if (!actions.confirm(question)) return FixOutcome{false, "Nothing was changed.\n"};
    if (Status written = Write(plan); !written) {
        Error error = std::move(written).error();
        if (error.kind == ErrorKind::kNoPrivilege) error.remedy = "run as root";
        return AddContext("nothing was changed", NotFixed(std::move(error)));
    }
    if (Status ran = actions.run(plan.command); !ran) {
        Error error = std::move(ran).error();
        error.remedy = fmt::format("run {} yourself, then reboot", command);
        return AddContext(plan.path + " is written, but " + command + " failed",
                          NotFixed(std::move(error)));
    }
    TRY_STATUS(VerifyNextBoot(plan));
    std::string text = write ? fmt::format("Wrote {} and ran {}.", plan.path, command)
                             : fmt::format("Ran {}.", command);
    return FixOutcome{true, text + " A reboot is due; then: sudo bailiff doctor\n"};
}

}  // namespace bailiff::doctor
