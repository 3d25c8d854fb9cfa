// SPDX-License-Identifier: Apache-2.0
#include "enforce/run.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "base/fd.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/diagnostics.h"
#include "cli/lockout.h"
#include "cli/output.h"
#include "cli/policy_files.h"
#include "cli/run_report.h"
#include "cli/supervise.h"
#include "cli/tag_files.h"
#include "doctor/requirements.h"
#include "enforce/probe.h"
#include "fmt/format.h"

namespace bailiff::cli {
namespace {

struct Options {
    std::vector<std::string> policies;
    std::vector<std::string> command;
    bool as_written = false;
    bool audit = false;
    bool json = false;
    std::string output;

    Terms terms() const { return {LinksFor(!as_written), audit}; }
};

// A run that is proved and has no members yet, and what its programs count in.
struct Begun {
    std::shared_ptr<enforce::Run> run;
    enforce::ImageMap image;
};

Result<Begun> Begin(Compiled* compiled, const Options& options) {
    TRY_STATUS(doctor::HardRequirements(enforce::Probe()));
    const auto tagged = TRY(TagFiles(compiled, options.terms()));
    if (!options.json) PrintMessage(OtherNames(tagged));
    enforce::Run run = TRY(enforce::Run::Begin(*compiled->image));
    enforce::ImageMap image = TRY(run.Published());
    return Begun{std::make_shared<enforce::Run>(std::move(run)), std::move(image)};
}

// What the members were denied, or would have been.
Status Report(const policy::ImageView& image, const Options& options, const Fd& output) {
    const std::string report =
        options.json ? RunReportJson(image).dump() + "\n" : RunReportText(image);
    return WriteAll(output ? output.get() : STDERR_FILENO, report, options.output);
}

// Before anything is run, so that it is not run for nothing. None: stderr.
Result<Fd> OpenOutput(const std::string& path) {
    if (path.empty()) return Fd();
    Fd file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (file) return file;
    return Fail(ErrorKind::kUsage, FailErrno(path).error().message, "name a file to write to");
}

int CannotRun(const Options& options, int error) {
    PrintError(FailErrno("cannot run " + options.command[0], error).error(), options.json);
    return error == ENOENT ? kNotFound : kCannotRun;
}

int RunCommand(const Options& options) {
    if (options.command.empty()) {
        const Error none{ErrorKind::kUsage, "there is no command to run",
                         "put it behind --:  bailiff run --policy FILE -- COMMAND"};
        return PrintError(none, options.json);
    }
    Result<Compiled> compiled = CompileFiles(options.policies, options.terms());
    if (!compiled) return PrintError(compiled.error(), options.json);
    if (!compiled->image)
        return PrintInvalid(*compiled, options.json, "The command was not run.\n");
    if (!options.json)
        PrintMessage(compiled->diagnostics.Render(compiled->sources, DiagnosticColours()));
    const Result<Fd> output = OpenOutput(options.output);
    if (!output) return PrintError(output.error(), options.json);
    Result<Begun> begun = Begin(&*compiled, options);
    if (!begun) {
        return PrintError(BlameWhatIsInForce(begun.error()).value_or(begun.error()), options.json);
    }
    std::shared_ptr<enforce::Run> run = std::move(begun->run);
    Duties duties{.begin = [run](int process) { return run->Enlist(process); },
                  .end = [run] { return run->End(); }};
    run.reset();
    const Result<Ended> ended = Supervise(options.command, std::move(duties));
    if (!ended) return PrintError(ended.error(), options.json);
    if (ended->cannot_run) return CannotRun(options, ended->cannot_run);
    if (options.audit || !options.output.empty()) {
        const Status reported = Report(begun->image.view(), options, *output);
        if (!reported) PrintError(reported.error(), false);
    }
    return EndLike(ended->status);
}

}  // namespace

Work DeclareRun(Arguments arguments) {
    auto options = std::make_shared<Options>();
    arguments.Values("--policy", &options->policies, kFilesHelp, Arguments::kRequired);
    arguments.Flag("--audit", &options->audit, "Deny nothing; report what would have been denied");
    arguments.Value("--output", &options->output,
                    "File for a report of what was denied, instead of stderr");
    arguments.Flag("--json", &options->json, "The report, or why nothing was run, as JSON");
    arguments.Flag("--no-resolve", &options->as_written,
                   "Take paths as written, without following symbolic links");
    arguments.OtherCommand(&options->command, "The command and its arguments, behind --");
    arguments.Footer(
        "The policies are about the command and all that it starts, and about nobody else, from\n"
        "the moment when its program runs until the last of them is gone. What `bailiff apply`\n"
        "put in force holds for them as well. Run as root; nothing is run unless the kernel was\n"
        "seen to ask and to obey. Signals are passed on, and it ends as the command ends. When it\n"
        "is killed, what it started goes on under the policies.\n"
        "\n"
        "  sudo bailiff run --policy nginx.yaml -- nginx -g 'daemon off;'\n"
        "  sudo bailiff run --policy web.yaml --audit -- runuser -u www-data -- ./serve\n"
        "\n"
        "Exit codes: 0 and others of the command; where it was not run: 2 usage, or a file cannot\n"
        "be read, 3 cannot tell what is in force, 4 no privilege, 5 policy invalid, 6 the kernel\n"
        "lacks something or did not obey, 70 internal, 126 the command cannot be run, 127 there\n"
        "is no such command.");
    return [options] { return RunCommand(*options); };
}

}  // namespace bailiff::cli
