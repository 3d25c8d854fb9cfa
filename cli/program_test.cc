// SPDX-License-Identifier: Apache-2.0
//
// The commands that need no privilege, as a shell would call them. What changes the kernel is
// tested in the VM (tests/vm/cases/applying.yaml), never here.
#include "cli/program.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <new>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/testing/call.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "policy/text_check.h"

namespace bailiff::cli {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using cli::testing::Call;
using cli::testing::Outcome;
using cli::testing::Start;

std::vector<std::string> Lines(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

class RunTest : public cli::testing::DirectoryTest {
  protected:
    void SetUp() override {
        DirectoryTest::SetUp();
        good_ = Write("good.yaml", R"(bailiff: 1
policy: keys
rules:
  - deny: file.read
    path: /k/**
    except: { exe: /usr/bin/ssh, uid: 0 }
    errno: EACCES
  - deny: file.open
    name: lsm-secret
)");
        bad_ = Write("bad.yaml", "bailiff: 1\npolicy: p\nrules: [{deny: file.opne, path: /x}]\n");
    }

    std::string good_;
    std::string bad_;
};

TEST_F(RunTest, UsageErrorsExitWith2AndSayOnStderr) {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{}, {"frobnicate"}, {"check"}, {"status", "--wat"}}) {
        Outcome outcome = Call(arguments);
        EXPECT_EQ(outcome.exit, kUsage);
        EXPECT_EQ(outcome.out, "");
        EXPECT_NE(outcome.err, "");
    }
}

TEST_F(RunTest, AnUnknownCommandIsNamedWithTheNearest) {
    Outcome outcome = Call({"statsu"});
    EXPECT_EQ(outcome.exit, kUsage);
    EXPECT_EQ(
        outcome.err,
        "bailiff: there is no command `statsu`; did you mean `status`?\n"
        "  commands: doctor, check, test, diff, apply, run, status, verify, explain, show, off\n"
        "  bailiff --help says more\n");
    EXPECT_THAT(Call({}).err, HasSubstr("no command was given"));
}

TEST_F(RunTest, HelpIsACommandToo) {
    EXPECT_EQ(Call({"help"}).out, Call({"--help"}).out);
    EXPECT_EQ(Call({"help", "check"}).out, Call({"check", "--help"}).out);
    EXPECT_EQ(Call({"help"}).exit, kOk);
    EXPECT_THAT(Call({"help", "chekc"}).err, HasSubstr("did you mean `check`?"));
}

TEST_F(RunTest, AWrongCommandLineIsToldInOurWords) {
    const std::pair<std::vector<std::string>, std::string> cases[] = {
        {{"check", "--wat", good_}, "there is no option `--wat`\n  bailiff check --help"},
        {{"check", "--jsno", good_}, "there is no option `--jsno`; did you mean `--json`?\n"},
        {{"--strict", "check", good_}, "`--strict` belongs behind the command\n"},
        {{"-x"}, "there is no option `-x`\n  bailiff --help says more"},
        {{"status", "foo"}, "`foo` is one argument too many\n  bailiff status --help"},
        {{"check"}, "FILE is required\n"},
        {{"check", "--bogus"}, "there is no option `--bogus`\n"},
        {{"explain", "--ob", "file.read"}, "there is no option `--ob`; did you mean `--op`?\n"},
        {{"check", "--bo\x1b[31mgus"}, "there is no option `--bo\\x1b[31mgus`\n"},
        {{"check", "no\x1b[31m\nfile"}, "no\\x1b[31m\\x0afile: No such file"},
        {{"ch\x1b[31m"}, "there is no command `ch\\x1b[31m`"},
        {{"explain", "--op"}, "--op needs a value\n"},
        {{"explain", "--op", "a", "--op", "b", "--path", "/x"}, "--op may be given once\n"},
        {{"diff", "--samples", "x", "a", "b"}, "could not convert: --samples = x\n"},
        {{"explain", "--op", "file.raed", "--path", "/x", good_},
         "unknown operation `file.raed`; did you mean `file.read`?\n  operations: file.open"},
    };
    for (const auto& [arguments, said] : cases) {
        const Outcome outcome = Call(arguments);
        EXPECT_EQ(outcome.exit, kUsage) << said;
        EXPECT_THAT(outcome.err, StartsWith("bailiff: " + said));
    }
}

TEST(GuardedTest, WhatIsThrownIsToldAndIsInternal) {
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(Guarded(false, []() -> int { throw std::runtime_error("x"); }), kInternal);
    EXPECT_EQ(Guarded(false, []() -> int { throw std::bad_alloc(); }), kInternal);
    EXPECT_EQ(::testing::internal::GetCapturedStderr(),
              "bailiff: internal error: x\nbailiff: not enough memory\n");
    ::testing::internal::CaptureStdout();
    EXPECT_EQ(Guarded(true, []() -> int { throw std::bad_alloc(); }), kInternal);
    std::fflush(stdout);
    const auto json = nlohmann::json::parse(::testing::internal::GetCapturedStdout());
    EXPECT_EQ(json["error"]["kind"], "internal");
    EXPECT_EQ(Guarded(false, [] { return 3; }), 3);
}

// Whatever fails, with --json: one object on stdout and nothing on stderr.
TEST_F(RunTest, ErrorsAsJson) {
    std::string none = directory_ + "/none.yaml";
    struct {
        std::vector<std::string> arguments;
        std::string kind;
        int exit;
    } cases[] = {
        {{"statsu", "--json"}, "usage", kUsage},
        {{"status", "--json", "--wat"}, "usage", kUsage},
        {{"doctor", "--json", "--yes"}, "usage", kUsage},
        {{"check", "--json", none}, "usage", kUsage},
        {{"check", "--json", bad_}, "policy", kInvalid},
        {{"apply", "--json", bad_}, "policy", kInvalid},
        {{"show", "--json", bad_}, "policy", kInvalid},
        {{"diff", "--json", good_, bad_}, "policy", kInvalid},
        {{"diff", "--json", none, good_}, "usage", kUsage},
        {{"test", "--json", none}, "usage", kUsage},
        {{"explain", "--json", "--trace", "--op", "file.read", "--path", "k", good_},
         "usage",
         kUsage},
        {{"explain", "--json", "--op", "file.read", "--path", "/k", bad_}, "policy", kInvalid},
        {{"explain", "--json", "--op", "file.eat", "--path", "/k", good_}, "usage", kUsage},
        {{"explain", "--json", "--op", "file.read", "--path", "k", good_}, "usage", kUsage},
    };
    for (const auto& one : cases) {
        SCOPED_TRACE(::testing::PrintToString(one.arguments));
        Outcome outcome = Call(one.arguments);
        EXPECT_EQ(outcome.exit, one.exit);
        EXPECT_EQ(outcome.err, "");
        auto json = nlohmann::json::parse(outcome.out, nullptr, false);
        ASSERT_TRUE(json.is_object()) << outcome.out;
        EXPECT_EQ(json["error"]["kind"], one.kind);
        EXPECT_EQ(json["error"]["exit"], one.exit);
        EXPECT_NE(json["error"]["message"], "");
        EXPECT_TRUE(json["error"].contains("remedy"));
        if (one.exit != kInvalid) continue;
        EXPECT_EQ(json["diagnostics"][0]["file"], bad_);
        EXPECT_EQ(json["diagnostics"][0]["line"], 3);
        EXPECT_EQ(json["diagnostics"][0]["column"], 16);
        EXPECT_EQ(json["diagnostics"][0]["message"], "unknown operation `file.opne`");
        EXPECT_EQ(json["diagnostics"][0]["hint"], "did you mean `file.open`?");
    }
}

TEST_F(RunTest, DiagnosticsStandBesideAnAnswerInJson) {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"show", "--json", good_},
          {"explain", "--json", "--op", "file.read", "--path", "/k/id", good_},
          {"explain", "--json", "--trace", "--op", "file.read", "--path", "/k/id", good_},
          {"diff", "--json", "--samples", "1", good_, good_},
          {"check", "--json", good_}}) {
        auto json = nlohmann::json::parse(Call(arguments).out);
        EXPECT_EQ(json["diagnostics"], nlohmann::json::array()) << arguments[0];
        EXPECT_FALSE(json.contains("error"));
    }
}

TEST_F(RunTest, AnImageRemembersWhereItsFilesAre) {
    std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(directory_);
    std::filesystem::create_directory("d");
    Outcome plain = Call({"show", "good.yaml"});
    Outcome dots = Call({"show", "d/../good.yaml"});
    Outcome diagnostic = Call({"check", "./bad.yaml"});
    std::filesystem::current_path(before);
    std::string place = std::filesystem::canonical(directory_).string() + "/good.yaml:4";
    EXPECT_THAT(plain.out, HasSubstr(place));
    EXPECT_EQ(plain.out, dots.out);
    EXPECT_THAT(diagnostic.err, StartsWith("./bad.yaml:3:16"));
}

// The answer of a command that could not be written is not given: never silent, never 0.
TEST_F(RunTest, AFullStdoutIsToldAndIsNoSuccess) {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"--help"}, {"show", good_}, {"check", "--json", good_}}) {
        std::fflush(stdout);
        int kept = dup(STDOUT_FILENO);
        int full = open("/dev/full", O_WRONLY);
        dup2(full, STDOUT_FILENO);
        close(full);
        ::testing::internal::CaptureStderr();
        int exit = Start(arguments);
        std::string said = ::testing::internal::GetCapturedStderr();
        std::clearerr(stdout);
        dup2(kept, STDOUT_FILENO);
        close(kept);
        EXPECT_EQ(exit, kInternal) << arguments[0];
        EXPECT_THAT(said, HasSubstr("cannot write to standard output: No space left on device"));
    }
}

TEST_F(RunTest, AClosedStdoutIsNotTakenByAFileOfOurs) {
    auto run = [&] {
        close(STDOUT_FILENO);
        HoldStandardStreams();
        _exit(Start({"show", good_}));
    };
    EXPECT_EXIT(run(), ::testing::ExitedWithCode(kInternal), "cannot write to standard output");
}

TEST_F(RunTest, HelpNamesEveryCommandAndExitCode) {
    Outcome outcome = Call({"--help"});
    EXPECT_EQ(outcome.exit, kOk);
    for (const Command& command : Commands()) EXPECT_THAT(outcome.out, HasSubstr(command.name));
    EXPECT_THAT(outcome.out, HasSubstr("6 the kernel lacks something"));
}

TEST_F(RunTest, EveryCommandsHelpTellsItsExitCodes) {
    for (const Command& command : Commands()) {
        Outcome outcome = Call({command.name, "--help"});
        EXPECT_EQ(outcome.exit, kOk);
        EXPECT_EQ(outcome.err, "");
        EXPECT_THAT(outcome.out, AllOf(HasSubstr("Exit codes: 0"), HasSubstr("--json")));
        for (const std::string& line : Lines(outcome.out)) EXPECT_LE(line.size(), 100U) << line;
    }
}

TEST_F(RunTest, CheckIsSilentWhenAllIsGood) {
    Outcome outcome = Call({"check", good_});
    EXPECT_EQ(outcome.exit, kOk);
    EXPECT_EQ(outcome.out + outcome.err, "");
}

TEST_F(RunTest, CheckTellsWhereWhatAndWhatToDo) {
    Outcome outcome = Call({"check", bad_, good_});
    EXPECT_EQ(outcome.exit, kInvalid);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr("bad.yaml:3:16: error: unknown operation `file.opne`"));
    EXPECT_THAT(outcome.err, HasSubstr("did you mean `file.open`?"));
}

TEST_F(RunTest, CheckWarnsOfRulesThatChangeNothing) {
    const std::string twice =
        Write("twice.yaml",
              "bailiff: 1\npolicy: p\nrules:\n"
              "- { deny: file.*, path: /a/** }\n- { deny: file.read, path: /a/b }\n");
    Outcome outcome = Call({"check", twice});
    EXPECT_EQ(outcome.exit, kOk);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err,
                HasSubstr("twice.yaml:5:3: warning: the rule denies nothing of its own"));
    EXPECT_EQ(Call({"check", "--strict", twice}).exit, kInvalid);
    auto json = nlohmann::json::parse(Call({"check", "--json", twice}).out);
    EXPECT_EQ(json["valid"], true);
    EXPECT_EQ(json["diagnostics"][0]["severity"], "warning");
    outcome = Call({"check", "--strict", "--resolve", "--json", twice});
    EXPECT_EQ(outcome.exit, kInvalid);
    json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json["valid"], false);
    EXPECT_EQ(json["error"]["message"], "1 warning in the files");
    EXPECT_EQ(json["resolved"], nlohmann::json::array());
    EXPECT_EQ(Call({"check", "--strict", good_}).exit, kOk);
}

TEST_F(RunTest, CheckAsJson) {
    Outcome outcome = Call({"check", "--json", bad_});
    EXPECT_EQ(outcome.exit, kInvalid);
    nlohmann::json json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json["valid"], false);
    EXPECT_EQ(json["diagnostics"][0]["line"], 3);
    EXPECT_EQ(json["diagnostics"][0]["file"], bad_);
}

TEST_F(RunTest, AMissingFileIsTheCallersMistake) {
    Outcome outcome = Call({"check", directory_ + "/none.yaml"});
    EXPECT_EQ(outcome.exit, kUsage);
    EXPECT_THAT(outcome.err, HasSubstr("none.yaml: No such file or directory"));
    std::filesystem::create_directory(directory_ + "/empty");
    EXPECT_EQ(Call({"check", directory_ + "/empty"}).exit, kUsage);
}

// As a user who may not look into the directory, also where the tests run as root.
class AsNobody {
  public:
    AsNobody() { EXPECT_TRUE(geteuid() != 0 || seteuid(65534) == 0); }
    ~AsNobody() { EXPECT_TRUE(getuid() != 0 || seteuid(0) == 0); }
};

TEST_F(RunTest, WhatCannotBeLookedAtIsTheCallersMistakeToo) {
    std::filesystem::create_symlink("loop", directory_ + "/loop");
    std::filesystem::create_directory(directory_ + "/closed");
    const std::string below = Write("closed/a.yaml", "");
    std::filesystem::permissions(directory_ + "/closed", std::filesystem::perms::none);
    std::filesystem::permissions(directory_, std::filesystem::perms{0755});
    const AsNobody nobody;
    const std::pair<std::string, std::string> cases[] = {
        {directory_ + "/loop", "loop: Too many levels of symbolic links\n"},
        {std::string(300, 'x'), "xxx: File name too long\n"},
        {below, "a.yaml: Permission denied\n"},
        {directory_ + "/closed", "closed: Permission denied\n"},
    };
    for (const auto& [argument, said] : cases) {
        for (const std::vector<std::string>& arguments :
             {std::vector<std::string>{"check", argument},
              {"show", argument},
              {"test", argument},
              {"diff", argument, argument},
              {"explain", "--op", "file.read", "--path", "/k", argument}}) {
            const Outcome outcome = Call(arguments);
            EXPECT_EQ(outcome.exit, kUsage) << arguments[0];
            EXPECT_THAT(outcome.err, AllOf(StartsWith("bailiff: "), EndsWith(said)));
        }
    }
}

TEST_F(RunTest, OneFileThatCannotBeReadHidesNoOther) {
    std::filesystem::create_symlink("nowhere", directory_ + "/d.yaml");
    const std::vector<std::string> all = {"check", good_, directory_ + "/none", bad_, directory_};
    const Outcome outcome = Call(all);
    EXPECT_EQ(outcome.exit, kUsage);
    EXPECT_THAT(outcome.err, HasSubstr("bad.yaml:3:16: error: unknown operation `file.opne`"));
    EXPECT_THAT(Bare(outcome.err), HasSubstr("bailiff: none: No such file or directory; "
                                             "d.yaml: No such file or directory\n"));
    EXPECT_THAT(Bare(Call({"show", good_, directory_ + "/none", directory_}).err),
                HasSubstr("none: No such file or directory; d.yaml: No such file"));
    auto json = nlohmann::json::parse(Call({"check", "--json", directory_ + "/none", bad_}).out);
    EXPECT_EQ(json["error"]["exit"], kUsage);
    EXPECT_EQ(json["valid"], false);
    EXPECT_EQ(json["diagnostics"][0]["line"], 3);
    json = nlohmann::json::parse(Call({"check", "--json", directory_ + "/none"}).out);
    EXPECT_EQ(json["diagnostics"], nlohmann::json::array());
}

// Sparse files, as large as a policy may be and one byte more; from standard input, too.
TEST_F(RunTest, AFileTooLargeIsADiagnosticWithItsPlace) {
    const std::string large = Write("large.yaml", "");
    std::filesystem::resize_file(large, policy::kMaxFileBytes + 1);
    const auto said = [](const std::string& name) {
        return name + ":1:1: error: the file is larger than 128 MiB\n";
    };
    const Outcome outcome = Call({"check", large});
    EXPECT_EQ(outcome.exit, kInvalid);
    EXPECT_THAT(Bare(outcome.err), StartsWith(said("large.yaml")));
    const int kept = dup(STDIN_FILENO);
    const int zeros = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    dup2(zeros, STDIN_FILENO);
    EXPECT_THAT(Call({"check", "-"}).err, StartsWith(said("<stdin>")));
    dup2(kept, STDIN_FILENO);
    for (int fd : {kept, zeros}) close(fd);
    std::filesystem::resize_file(large, policy::kMaxFileBytes);
    EXPECT_THAT(Call({"check", large}).err,
                HasSubstr("large.yaml:1:65537: error: the line is longer"));
}

TEST_F(RunTest, ApplyTellsMistakesBeforeItLooksAtTheKernel) {
    Outcome outcome = Call({"apply", bad_});
    EXPECT_EQ(outcome.exit, kInvalid);
    EXPECT_THAT(outcome.err, HasSubstr("Nothing was applied."));
}

TEST_F(RunTest, ApplyRefusesToLockBailiffOut) {
    std::string own = std::filesystem::read_symlink("/proc/self/exe");
    std::string policy = Write("lock.yaml", R"(bailiff: 1
policy: lock
rules:
  - deny: file.write
    path: /elsewhere/**
  - deny: file.open
    path: /**
)");
    Outcome outcome = Call({"apply", policy});
    EXPECT_EQ(outcome.exit, kInvalid);
    EXPECT_THAT(outcome.err,
                AllOf(HasSubstr("lock, rule 2 (" + policy + ":6) would lock bailiff out"),
                      HasSubstr("opening of " + own), HasSubstr("except: { exe: ["),
                      HasSubstr("--allow-lockout"), HasSubstr("Nothing was applied")));
    auto json = nlohmann::json::parse(Call({"apply", "--json", policy}).out);
    EXPECT_EQ(json["error"]["kind"], "policy");
}

TEST_F(RunTest, ExplainDenial) {
    Outcome outcome = Call({"explain", "--op", "file.read", "--path", "/k/id", "--exe",
                            "/usr/bin/cat", "--uid", "1000", good_});
    EXPECT_EQ(outcome.exit, kNo);
    EXPECT_EQ(outcome.out, "deny (EACCES)   keys, rule 1   " + good_ +
                               ":4\n"
                               "  operation  file.read\n"
                               "  path       /k/id\n"
                               "  exe        /usr/bin/cat\n"
                               "  uid        1000\n"
                               "other rules\n"
                               "  keys, rule 2   " +
                               good_ + ":8  does not match: path\n");
}

TEST_F(RunTest, ExplainTellsWhatItTakesAPathFor) {
    const auto notes = [&](const std::string& path) {
        const std::vector<std::string> arguments = {"explain", "--op", "file.read",
                                                    "--path",  path,   good_};
        std::vector<std::string> as_json = arguments;
        as_json.emplace_back("--json");
        const auto json = nlohmann::json::parse(Call(as_json).out);
        EXPECT_EQ(json["request"]["operation"], "file.read");
        EXPECT_EQ(json["request"]["path"], path);
        EXPECT_EQ(json["request"]["uid"], 0);
        EXPECT_EQ(json["notes"].empty(), Call(arguments).err.empty());
        return Call(arguments).err;
    };
    EXPECT_EQ(notes("/k/a"), "");
    EXPECT_EQ(notes("/"), "");
    EXPECT_EQ(notes("/k/*"),
              "note: `*` in /k/* is the character itself: a request is about one "
              "path, not about a pattern\n");
    EXPECT_EQ(notes("/k/a/"), "note: /k/a/ is asked about as /k/a\n");
    EXPECT_EQ(notes("//k/./a"), "note: //k/./a is asked about as /k/a\n");
    const auto json = nlohmann::json::parse(
        Call({"explain", "--json", "--op", "file.rename", "--path", "/a", "--to", "/b",
              "--directory", "--exe", "/usr/bin/mv", "--gid", "3,4", good_})
            .out);
    EXPECT_EQ(json["request"].dump(),
              R"({"directory":true,"exe":"/usr/bin/mv","gid":["3","4"],)"
              R"("operation":"file.rename","path":"/a","to":"/b","uid":0})");
}

TEST_F(RunTest, ExplainNamesTheDimensionThatFailed) {
    auto failed_on = [&](std::vector<std::string> request) {
        request.insert(request.begin(), "explain");
        request.insert(request.end(), {"--json", good_});
        Outcome outcome = Call(request);
        EXPECT_EQ(outcome.exit, kOk);
        return nlohmann::json::parse(outcome.out)["rules"][0]["failed_on"].dump();
    };
    EXPECT_EQ(failed_on({"--op", "file.write", "--path", "/k/id"}), R"(["operation"])");
    EXPECT_EQ(failed_on({"--op", "file.read", "--path", "/k"}), R"(["path"])");
    EXPECT_EQ(failed_on({"--op", "file.read", "--path", "/k/id", "--exe", "/usr/bin/ssh"}),
              R"(["except"])");
}

TEST_F(RunTest, ExplainRefusesWhatItCannotAnswer) {
    EXPECT_EQ(Call({"explain", "--op", "file.eat", "--path", "/k", good_}).exit, kUsage);
    EXPECT_EQ(Call({"explain", "--op", "file.read", "--path", "k", good_}).exit, kUsage);
    EXPECT_EQ(Call({"explain", "--op", "file.read", "--path", "/a/../k", good_}).exit, kUsage);
    EXPECT_EQ(
        Call({"explain", "--op", "file.read", "--path", "/k", "--uid", "no-such-user-1", good_})
            .exit,
        kUsage);
    EXPECT_EQ(Call({"explain", "--op", "file.read", "--path", "/k", bad_}).exit, kInvalid);
}

// With links of this machine: the test's own directory has one.
TEST_F(RunTest, CheckTellsWherePathsLead) {
    std::filesystem::create_directory(directory_ + "/real");
    std::filesystem::create_directory_symlink("real", directory_ + "/link");
    const std::string policy = Write(
        "links.yaml",
        "bailiff: 1\npolicy: p\nrules:\n- deny: file.open\n  path: " + directory_ + "/link/**\n");
    EXPECT_EQ(Call({"check", policy}).out, "");
    Outcome outcome = Call({"check", "--resolve", policy});
    EXPECT_EQ(outcome.exit, kOk);
    if (getuid() == 0) {
        EXPECT_EQ(Bare(outcome.out), "links.yaml:5:9: link/** is real/** here\n");
        auto json = nlohmann::json::parse(Call({"check", "--resolve", "--json", policy}).out);
        EXPECT_EQ(json["resolved"][0]["resolved"], directory_ + "/real/**");
    } else {
        EXPECT_THAT(outcome.err, HasSubstr("is not root's, so it is not followed"));
    }
    auto verdict = [&](std::vector<std::string> more) {
        std::vector<std::string> request = {
            "explain", "--op", "file.open", "--path", directory_ + "/real/x", policy};
        request.insert(request.end(), more.begin(), more.end());
        return Call(request).exit;
    };
    EXPECT_EQ(verdict({}), kOk);
    EXPECT_EQ(verdict({"--resolve"}), getuid() == 0 ? kNo : kOk);
}

TEST_F(RunTest, ShowGivesTheDigestInBothForms) {
    Outcome text = Call({"show", good_});
    Outcome json = Call({"show", "--json", good_});
    EXPECT_EQ(text.exit, kOk);
    std::string digest = nlohmann::json::parse(json.out)["digest"];
    EXPECT_EQ(digest.size(), 7 + 64U);
    EXPECT_THAT(text.out, HasSubstr(digest));
}

TEST(ExitCode, IsOneForEachKind) {
    EXPECT_EQ(ExitCodeOf(ErrorKind::kNoPrivilege), 4);
    EXPECT_EQ(ExitCodeOf(ErrorKind::kPolicy), 5);
    EXPECT_EQ(ExitCodeOf(ErrorKind::kKernel), 6);
    EXPECT_EQ(ExitCodeOf(ErrorKind::kUnknown), 3);
    EXPECT_EQ(ExitCodeOf(ErrorKind::kInternal), 70);
}

}  // namespace
}  // namespace bailiff::cli
