// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <filesystem>
#include <iterator>
#include <memory>

#include "base/fd.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/diagnostics.h"
#include "cli/output.h"
#include "cli/policy_files.h"
#include "cli/test_report.h"
#include "policy/expectations.h"
#include "policy/run_expectations.h"

namespace bailiff::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::vector<std::string> files;
    bool json = false;
    bool tap = false;
    std::string junit;
};

// A test that cannot be read any more is still meant to be one by its name.
bool IsMeantAsTest(const policy::Source& source) {
    return policy::BeginsLikeExpectations(source.text) || source.name.ends_with(".test.yaml") ||
           source.name.ends_with(".test.yml");
}

Result<policy::Sources> ReadTests(const std::vector<std::string>& arguments) {
    return Whole(ReadFiles(arguments, {IsMeantAsTest, ": no test in it",
                                       "tests are files named *.test.yaml that begin with "
                                       "`bailiff-test: 1`"}));
}

// Where the policies of a set are, seen from here.
std::vector<std::string> PoliciesOf(const policy::ExpectationSet& set, const std::string& test) {
    const fs::path beside = fs::path(test).parent_path();
    if (set.policies.empty()) return {beside.empty() ? "." : beside.string()};
    std::vector<std::string> files;
    for (const auto& file : set.policies) files.push_back(beside / file.name);
    return files;
}

// False when something is invalid, and told.
Result<bool> RunSet(const policy::ExpectationSet& set, const policy::Sources& test,
                    TestedFile* tested, Telling* told) {
    Result<Compiled> compiled = CompileFiles(PoliciesOf(set, test[0].name));
    if (!compiled) return AddContext(test[0].name, compiled.error());
    told->Tell(compiled->diagnostics, compiled->sources);
    if (!compiled->image) return false;
    const policy::ImageView image = compiled->image->view();
    policy::Diagnostics diagnostics;
    policy::CheckRules(image, set, &diagnostics);
    told->Tell(diagnostics, test);
    if (diagnostics.has_errors()) return false;
    std::ranges::move(policy::RunExpectations(image, set), std::back_inserter(tested->results));
    return true;
}

Result<bool> RunFile(policy::Source source, std::vector<TestedFile>* files, Telling* told) {
    const policy::Sources test = {std::move(source)};
    TestedFile tested{.name = test[0].name, .results = {}};
    policy::Diagnostics diagnostics;
    const auto sets = policy::ReadExpectations(test, HostAccounts(), &diagnostics);
    told->Tell(diagnostics, test);
    bool valid = !diagnostics.has_errors();
    if (!valid) return false;
    for (const policy::ExpectationSet& set : sets) {
        const bool set_is_valid = TRY(RunSet(set, test, &tested, told));
        valid = valid && set_is_valid;
    }
    files->push_back(std::move(tested));
    return valid;
}

// Opened before anything is run: a place that cannot be written costs no results, and a report of
// an earlier run is not taken for one of this run.
Result<Fd> OpenJunit(const std::string& path) {
    if (path.empty()) return Fd();
    Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (fd) return fd;
    return Fail(ErrorKind::kUsage, FailErrno(path).error().message);
}

int Report(const Options& options, const Fd& junit, const std::vector<TestedFile>& files,
           const Json& told) {
    Json json = TestsToJson(files);
    json["diagnostics"] = told;
    if (junit) {
        const Status written = WriteAll(junit.get(), TestsToJunit(files), options.junit);
        if (!written) return PrintError(written.error(), options.json, std::move(json));
    }
    if (options.json) {
        PrintJson(json);
    } else {
        PrintData(options.tap ? TestsToTap(files) : TestsToText(files));
    }
    for (const TestedFile& file : files) {
        if (file.failed() != 0) return kNo;
    }
    return kOk;
}

int Test(const Options& options) {
    Result<policy::Sources> tests = ReadTests(options.files);
    if (!tests) return PrintError(tests.error(), options.json);
    const Result<Fd> junit = OpenJunit(options.junit);
    if (!junit) return PrintError(junit.error(), options.json);
    std::vector<TestedFile> files;
    Telling told(options.json);
    bool valid = true;
    for (policy::Source& source : *tests) {
        Result<bool> ran = RunFile(std::move(source), &files, &told);
        if (!ran) return PrintError(ran.error(), options.json, {{"diagnostics", told.list()}});
        valid = valid && *ran;
    }
    if (valid) return Report(options, *junit, files, told.list());
    // Some tests were not run, so nothing is said that could be taken for an outcome.
    if (options.tap) PrintData("TAP version 14\nBail out! Tests or policies are invalid.\n");
    return PrintInvalid(told, "Nothing is reported: some tests could not be run.\n");
}

}  // namespace

Work DeclareTest(Arguments arguments) {
    auto options = std::make_shared<Options>();
    arguments.Values("FILE", &options->files,
                     "Files of expectations, directories of them, or - for stdin",
                     Arguments::kRequired);
    arguments.Flag("--tap", &options->tap, "Report in the Test Anything Protocol");
    arguments.Value("--junit", &options->junit, "Also write a report as JUnit XML to this file");
    arguments.FlagInsteadOf("--tap", "--json", &options->json, "One JSON object on stdout");
    arguments.Footer(
        "A test says which verdict each request must have, under the policies it names or those\n"
        "beside it. Nothing is loaded and no privilege is needed.\n"
        "\n"
        "  bailiff test policies/                      every *.test.yaml in it\n"
        "  bailiff test --junit out.xml keys.test.yaml\n"
        "\n"
        "Exit codes: 0 all as expected, 1 some are not, 2 a file cannot be read, or the report "
        "not\n"
        "written, 5 tests or policies are invalid.");
    return [options] { return Test(*options); };
}

}  // namespace bailiff::cli
