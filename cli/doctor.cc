// SPDX-License-Identifier: Apache-2.0
#include <spawn.h>
#include <sys/wait.h>

#include <iostream>
#include <memory>

#include "cli/command.h"
#include "cli/output.h"
#include "doctor/fix.h"
#include "doctor/report.h"

extern char** environ;

namespace bailiff::cli {
namespace {

struct Options {
    bool json = false;
    bool fix = false;
    bool yes = false;
};

bool AskPerson(std::string_view question) {
    PrintMessage(question);
    std::string answer;
    return std::getline(std::cin, answer) && (answer == "y" || answer == "yes");
}

Status RunProgram(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const std::string& argument : command) {
        arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    pid_t child = 0;
    int error = posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(), environ);
    if (error) return FailErrno(command.front(), error);
    int status = 0;
    if (waitpid(child, &status, 0) != child) return FailErrno(command.front());
    if (status == 0) return {};
    return Fail(ErrorKind::kSystem, command.front() + " failed");
}

int Fix(const doctor::FixPlan& plan, bool yes) {
    doctor::FixActions actions{
        .confirm = [yes](std::string_view question) { return yes || AskPerson(question); },
        .run = RunProgram};
    if (plan.kind == doctor::FixKind::kWrite) PrintData(doctor::DescribePlan(plan));
    Result<doctor::FixOutcome> outcome = doctor::ApplyFix(plan, actions);
    if (!outcome) return PrintError(outcome.error());
    PrintData(outcome->text);
    bool settled = outcome->changed || plan.kind == doctor::FixKind::kNothing ||
                   plan.kind == doctor::FixKind::kRebootDue;
    return settled ? kOk : kNo;
}

int Doctor(const Options& options) {
    doctor::Examination examination = doctor::Examine();
    if (options.fix) return Fix(examination.plan, options.yes);
    if (options.json) {
        PrintJson(doctor::RenderJson(examination));
    } else {
        PrintData(doctor::RenderText(examination));
    }
    return examination.conclusion.refusal ? ExitCodeOf(*examination.conclusion.refusal) : kOk;
}

}  // namespace

Work DeclareDoctor(CLI::App* app) {
    auto options = std::make_shared<Options>();
    app->add_flag("--json", options->json, "Report as JSON");
    app->add_flag("--fix", options->fix, "Make the kernel boot with bpf among its LSMs");
    app->add_flag("--yes", options->yes, "Do not ask before writing (with --fix)");
    return [options] { return Doctor(*options); };
}

}  // namespace bailiff::cli
