// SPDX-License-Identifier: Apache-2.0
//
// The commands that need no privilege, as a shell would call them. What changes the kernel is
// tested in the VM (tests/vm/cases/applying.yaml), never here.
#include "cli/run.h"

#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/testing/call.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace bailiff::cli {
namespace {

using ::testing::HasSubstr;

using cli::testing::Call;
using cli::testing::Outcome;

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

TEST_F(RunTest, HelpNamesEveryCommandAndExitCode) {
    Outcome outcome = Call({"--help"});
    EXPECT_EQ(outcome.exit, kOk);
    for (const Command& command : Commands()) EXPECT_THAT(outcome.out, HasSubstr(command.name));
    EXPECT_THAT(outcome.out, HasSubstr("6 the kernel lacks something"));
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
    const std::string twice = directory_ + "/twice.yaml";
    std::ofstream(twice)
        << "bailiff: 1\npolicy: p\nrules:\n"
           "- { deny: file.open, path: /a/** }\n- { deny: file.read, path: /a/b }\n";
    Outcome outcome = Call({"check", twice});
    EXPECT_EQ(outcome.exit, kOk);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err,
                HasSubstr("twice.yaml:5:3: warning: the rule denies nothing of its own"));
    EXPECT_EQ(Call({"check", "--strict", twice}).exit, kInvalid);
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

TEST_F(RunTest, ApplyTellsMistakesBeforeItLooksAtTheKernel) {
    Outcome outcome = Call({"apply", bad_});
    EXPECT_EQ(outcome.exit, kInvalid);
    EXPECT_THAT(outcome.err, HasSubstr("Nothing was applied."));
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

TEST(Output, TablesLineUpAndCountsAgree) {
    EXPECT_EQ(Table({{"a", "bb", "c"}, {"aaa", "b", ""}}, " "), " a    bb  c\n aaa  b   \n");
    EXPECT_EQ(Count(1, "policy"), "1 policy");
    EXPECT_EQ(Count(2, "policy"), "2 policies");
    EXPECT_EQ(Count(0, "rule"), "0 rules");
    EXPECT_EQ(ClockTime(0), "never");
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
