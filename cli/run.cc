// SPDX-License-Identifier: Apache-2.0
#include "enforce/run.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>

#include "base/fd.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/diagnostics.h"
#include "cli/lockout.h"
#include "cli/output.h"
#include "cli/policy_files.h"
#include "cli/run_report.h"
#include "cli/run_trace.h"
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
    bool trace = false;
    bool json = false;
    std::string output;

    bool reports() const { return !trace && (audit || !output.empty()); }

    Terms terms() const { return {LinksFor(!as_written), audit}; }
};

// A run that is proved and has no members yet; and what its programs count in, or tell.
struct Begun {
    std::shared_ptr<enforce::Run> run;
    enforce::ImageMap image;
    std::optional<enforce::EventRing> events;
};

Result<Begun> Begin(Compiled* compiled, const Options& options) {
    const enforce::KernelFacts kernel = enforce::Probe();
    TRY_STATUS(doctor::HardRequirements(kernel));
    const auto tagged = TRY(TagFiles(compiled, options.terms()));
    if (!options.json) PrintMessage(OtherNames(tagged));
    enforce::Run run = TRY(enforce::Run::Begin(
        *compiled->image, options.trace ? enforce::Among::kTraced : enforce::Among::kMembers,
        *kernel.btf->types));
    enforce::ImageMap image = TRY(run.Published());
    std::optional<enforce::EventRing> events;
    if (options.trace) events = TRY(run.Events());
    return Begun{std::make_shared<enforce::Run>(std::move(run)), std::move(image),
                 std::move(events)};
}

// What the members were denied, or would have been.
Status Report(const policy::ImageView& image, const Options& options, int output) {
    const std::string report =
        options.json ? RunReportJson(image).dump() + "\n" : RunReportText(image);
    return WriteAll(output, report, "the report");
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

Status CheckOptions(const Options& options) {
    if (options.command.empty()) {
        return Fail(ErrorKind::kUsage, "there is no command to run",
                    "put it behind --:  bailiff run --policy FILE -- COMMAND");
    }
    if (options.trace == options.policies.empty()) return {};
    return Fail(ErrorKind::kUsage,
                options.trace ? "--policy does not go with --trace" : "there is no policy",
                options.trace ? "a trace denies nothing" : "name it: --policy FILE, or --trace");
}

Result<Compiled> Compile(const Options& options) {
    if (options.trace) return CompileSources({PolicyAboutEverything()}, options.terms());
    return CompileFiles(options.policies, options.terms());
}

// To the end of the command; then what was asked to be written about it.
int RunUnder(Begun begun, const Options& options, int output) {
    std::shared_ptr<enforce::Run> run = std::move(begun.run);
    Duties duties{.begin = [run](int process) { return run->Enlist(process); },
                  .end = [run] { return run->End(); }};
    run.reset();
    std::optional<TraceWriter> trace;
    Watched watched;
    if (begun.events) {
        trace.emplace(std::move(*begun.events), output, options.json);
        watched = {trace->fd(), [&] { trace->Write(); }};
    }
    const Result<Ended> ended = Supervise(options.command, std::move(duties), watched);
    if (!ended) return PrintError(ended.error(), options.json);
    if (ended->cannot_run) return CannotRun(options, ended->cannot_run);
    Status written;
    if (trace) written = trace->Finish();
    if (options.reports()) written = Report(begun.image.view(), options, output);
    if (!written) PrintError(written.error(), false);
    return EndLike(ended->status);
}

int RunCommand(const Options& options) {
    const Status sound = CheckOptions(options);
    if (!sound) return PrintError(sound.error(), options.json);
    Result<Compiled> compiled = Compile(options);
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
    return RunUnder(std::move(*begun), options, *output ? output->get() : STDERR_FILENO);
}

}  // namespace

Work DeclareRun(Arguments arguments) {
    auto options = std::make_shared<Options>();
    arguments.Values("--policy", &options->policies, kFilesHelp);
    arguments.Flag("--audit", &options->audit, "Deny nothing; report what would have been denied");
    arguments.FlagInsteadOf("--audit", "--trace", &options->trace,
                            "Deny nothing; write what the command does, each thing once");
    arguments.Value("--output", &options->output,
                    "File for the trace, or a report of what was denied; else stderr");
    arguments.Flag("--json", &options->json,
                   "Report and trace as JSON, an object a line; and why nothing was run");
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
        "  sudo bailiff run --trace --output did -- make install\n"
        "\n"
        "Exit codes: 0 and others of the command; where it was not run: 2 usage, or a file cannot\n"
        "be read, 3 cannot tell what is in force, 4 no privilege, 5 policy invalid, 6 the kernel\n"
        "lacks something or did not obey, 70 internal, 126 the command cannot be run, 127 there\n"
        "is no such command.");
    return [options] { return RunCommand(*options); };
}

}  // namespace bailiff::cli
