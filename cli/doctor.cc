// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <iostream>
#include <memory>
#include <sstream>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/run_program.h"
#include "doctor/fix.h"
#include "doctor/report.h"
#include "fmt/format.h"

namespace bailiff::cli {
namespace {

struct Options {
    bool json = false;
    bool fix = false;
    bool yes = false;
};

// Anything but a clear yes is a no.
bool AskPerson(std::string_view question) {
    PrintMessage(fmt::format("{} [y/N] ", question));
    std::string answer;
    if (!std::getline(std::cin, answer)) PrintMessage("\n");
    std::ranges::transform(answer, answer.begin(), [](unsigned char c) { return std::tolower(c); });
    return answer == "y" || answer == "yes";
}

Tone ToneOf(doctor::State state) {
    switch (state) {
        case doctor::State::kOk:
            return Tone::kGood;
        case doctor::State::kWarn:
            return Tone::kDoubtful;
        case doctor::State::kFail:
            return Tone::kBad;
        case doctor::State::kUnknown:
            break;
    }
    return Tone::kQuiet;
}

// The lines of its difference, in colours.
std::string PlanText(const doctor::FixPlan& plan) {
    std::istringstream lines(doctor::DescribePlan(plan));
    std::string text;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('+')) line = Toned(Tone::kGood, line);
        if (line.starts_with('-')) line = Toned(Tone::kBad, line);
        text += line + "\n";
    }
    return text;
}

constexpr const char* kNobodyToAsk =
    "Nothing was changed: standard input is not a terminal, so there is nobody to ask.\n"
    "  To have it done without being asked: bailiff doctor --fix --yes\n";

int Fix(const doctor::Examination& examination, const Options& options) {
    const doctor::FixPlan& plan = examination.plan;
    bool asks = plan.kind == doctor::FixKind::kWrite && !options.yes;
    bool somebody = isatty(STDIN_FILENO) != 0;
    if (plan.kind == doctor::FixKind::kWrite && !options.json) {
        PrintData(PlanText(plan));
    } else if (asks && somebody) {
        PrintMessage(doctor::DescribePlan(plan));  // nobody is asked about what was not shown
    }
    doctor::FixActions actions{
        .confirm = [&](std::string_view question) { return !asks || AskPerson(question); },
        .run = [&](const auto& command) { return RunProgram(command, options.json); }};
    Result<doctor::FixOutcome> outcome = asks && !somebody ? doctor::FixOutcome{false, kNobodyToAsk}
                                                           : doctor::ApplyFix(plan, actions);
    Json report = {{"fix", doctor::RenderJson(plan)}};
    if (!outcome) return PrintError(outcome.error(), options.json, report);
    report["changed"] = outcome->changed;
    report["text"] = outcome->text;
    if (options.json) {
        PrintJson(report);
    } else {
        PrintData(outcome->text);
    }
    bool settled = outcome->changed || plan.kind == doctor::FixKind::kNothing ||
                   plan.kind == doctor::FixKind::kRebootDue;
    return settled ? kOk : kNo;
}

int Doctor(const Options& options) {
    doctor::Examination examination = doctor::Examine();
    if (options.fix) return Fix(examination, options);
    if (options.yes) {
        return PrintError({ErrorKind::kUsage, "--yes goes with --fix, and there is none", {}},
                          options.json);
    }
    if (options.json) {
        PrintJson(doctor::RenderJson(examination));
    } else {
        PrintData(doctor::RenderText(examination,
                                     [](doctor::State state, std::string_view word) -> std::string {
                                         return Toned(ToneOf(state), word);
                                     }));
    }
    return examination.conclusion.refusal ? ExitCodeOf(*examination.conclusion.refusal) : kOk;
}

}  // namespace

Work DeclareDoctor(Arguments arguments) {
    auto options = std::make_shared<Options>();
    arguments.Flag("--fix", &options->fix, "Make the kernel boot with bpf among its LSMs");
    arguments.Flag("--yes", &options->yes, "With --fix: do not ask before writing");
    arguments.Flag("--json", &options->json, "One JSON object on stdout");
    arguments.Footer(
        "One line a requirement: what was found, what it means, what to do. With --fix on "
        "Debian's\n"
        "GRUB: shows the difference, asks, writes /etc/default/grub.d/90-bailiff.cfg and no other\n"
        "file, and runs update-grub. With another boot loader it says what to run.\n"
        "\n"
        "  sudo bailiff doctor\n"
        "  sudo bailiff doctor --fix\n"
        "\n"
        "Exit codes: 0 can enforce (--fix: done, or nothing to do), 1 nothing was fixed, 3 cannot\n"
        "tell, 4 this process may not, 6 the kernel lacks something (--fix: and still does, "
        "because\n"
        "writing or update-grub failed, or another file overrides ours).");
    return [options] { return Doctor(*options); };
}

}  // namespace bailiff::cli
