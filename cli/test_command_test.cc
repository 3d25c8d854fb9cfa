// SPDX-License-Identifier: Apache-2.0
//
// `bailiff test`: what it runs, what it reports, and in which forms.
#include <filesystem>
#include <set>
#include <string>

#include "cli/exit_code.h"
#include "cli/testing/call.h"
#include "gmock/gmock.h"
#include "nlohmann/json.hpp"

namespace bailiff::cli {
namespace {

using cli::testing::Call;
using cli::testing::Outcome;
using ::testing::HasSubstr;

class TestCommand : public cli::testing::DirectoryTest {
  protected:
    void SetUp() override {
        DirectoryTest::SetUp();
        Write("keys.yaml", "bailiff: 1\npolicy: keys\nrules: [{deny: file.read, path: /k}]\n");
        good_ = Write("keys.test.yaml",
                      "bailiff-test: 1\nrequests:\n- {op: file.read, path: /k, expect: deny}\n"
                      "- {op: file.read, path: /x, expect: allow}\n");
    }

    std::string good_;
};

TEST_F(TestCommand, TakesThePoliciesBesideTheTest) {
    Outcome outcome = Call({"test", good_});
    EXPECT_EQ(outcome.exit, kOk);
    EXPECT_EQ(Bare(outcome.out), "ok    keys.test.yaml: 2 requests\n2 passed, 0 failed\n");
    EXPECT_EQ(outcome.err, "");
    // All of them: rules of another one count too.
    Write("more.yaml", "bailiff: 1\npolicy: more\nrules: [{deny: file.read, path: /x}]\n");
    outcome = Call({"test", good_});
    EXPECT_EQ(outcome.exit, kNo);
    EXPECT_EQ(Bare(outcome.out),
              "FAIL  keys.test.yaml:4: file.read /x, uid 0\n"
              "      expected allow, found deny (EPERM) by more/1 at more.yaml:3\n"
              "1 passed, 1 failed\n");
}

TEST_F(TestCommand, TakesThePoliciesThatTheTestNames) {
    Write("more.yaml", "bailiff: 1\npolicy: more\nrules: [{deny: file.read, path: /x}]\n");
    std::string test = Write("t/x.yaml",
                             "bailiff-test: 1\npolicies: [../keys.yaml]\nrequests:\n"
                             "- {op: file.read, path: /x, expect: allow}\n---\n"
                             "bailiff-test: 1\npolicies: ..\nrequests:\n"
                             "- {op: file.read, path: /x, expect: deny, rule: more/1}\n");
    EXPECT_EQ(Call({"test", test}).exit, kOk);
}

TEST_F(TestCommand, ADirectoryIsItsTestsAndToOthersItsPolicies) {
    EXPECT_EQ(Bare(Call({"test", directory_}).out),
              "ok    keys.test.yaml: 2 requests\n2 passed, 0 failed\n");
    EXPECT_EQ(Call({"check", directory_}).exit, kOk);
    // A policy that is named like a test is a policy.
    Write("odd.test.yaml", "bailiff: 1\npolicy: odd\nrules: [{deny: file.opne, path: /x}]\n");
    EXPECT_THAT(Call({"check", directory_}).err, HasSubstr("file.opne"));
    EXPECT_THAT(Call({"test", directory_}).err, HasSubstr("this is a policy, not a test"));
    // A test that cannot be read is not passed over.
    Write("odd.test.yaml", "bailiff-test: 1\nrequests: [\n");
    EXPECT_EQ(Call({"test", directory_}).exit, kInvalid);
    EXPECT_EQ(Call({"check", directory_}).exit, kInvalid);
    std::filesystem::create_directory(directory_ + "/empty");
    EXPECT_EQ(Call({"test", directory_ + "/empty"}).exit, kUsage);
}

TEST_F(TestCommand, WhatIsInvalidExitsWith5AndReportsNothing) {
    std::string bad_rule =
        Write("t/1.yaml",
              "bailiff-test: 1\npolicies: ../keys.yaml\n"
              "requests: [{op: file.read, path: /k, expect: deny, rule: keys/2}]\n");
    std::string bad_policy = Write("t/2.yaml",
                                   "bailiff-test: 1\npolicies: 1.yaml\n"
                                   "requests: [{op: file.read, path: /k, expect: deny}]\n");
    for (const std::string& file : {bad_rule, bad_policy}) {
        Outcome outcome = Call({"test", good_, file});
        EXPECT_EQ(outcome.exit, kInvalid);
        EXPECT_EQ(outcome.out, "");
        EXPECT_THAT(outcome.err, HasSubstr("error: "));
        EXPECT_THAT(Call({"test", "--tap", good_, file}).out, HasSubstr("Bail out!"));
    }
    std::string no_file = Write("t/3.yaml",
                                "bailiff-test: 1\npolicies: none.yaml\nrequests: "
                                "[{op: file.read, path: /k, expect: deny}]\n");
    Outcome outcome = Call({"test", no_file});
    EXPECT_EQ(outcome.exit, kUsage);
    EXPECT_THAT(outcome.err, HasSubstr("t/none.yaml: No such file"));
}

TEST_F(TestCommand, AReportThatCannotBeWrittenIsToldBeforeAnythingIsRun) {
    const std::string nowhere = directory_ + "/none/x.xml";
    Outcome outcome = Call({"test", "--junit", nowhere, good_});
    EXPECT_EQ(outcome.exit, kUsage);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(Bare(outcome.err), "bailiff: none/x.xml: No such file or directory\n");
    outcome = Call({"test", "--json", "--junit", "/dev/full", good_});
    EXPECT_EQ(outcome.exit, kInternal);
    const auto json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json["error"]["message"], "/dev/full: No space left on device");
    EXPECT_EQ(json["passed"], 2);
}

TEST_F(TestCommand, TheReportGoesWhereItsNameLeads) {
    Write("real.xml", std::string(100'000, 'x'));
    std::filesystem::create_symlink("real.xml", directory_ + "/link.xml");
    EXPECT_EQ(Call({"test", "--junit", directory_ + "/link.xml", good_}).exit, kOk);
    EXPECT_TRUE(std::filesystem::is_symlink(directory_ + "/link.xml"));
    EXPECT_THAT(Read("real.xml"), HasSubstr("</testsuites>\n"));
    EXPECT_EQ(Read("real.xml").find("xxx"), std::string::npos);
    // None of an earlier run stays behind.
    EXPECT_EQ(Call({"test", "--junit", directory_ + "/link.xml", Write("bad.yaml", "[")}).exit,
              kInvalid);
    EXPECT_EQ(Read("real.xml"), "");
}

// Bytes that TAP or XML would read as their own.
TEST_F(TestCommand, TapAndJunit) {
    std::string test =
        Write("x.test.yaml",
              "bailiff-test: 1\nrequests:\n"
              "- {op: file.read, path: \"/#<&\\\"\\\\\\x01\", expect: deny, errno: EIO}\n"
              "- {op: file.read, path: /k, exe: /bin/cat, uid: 7, expect: deny}\n");
    Outcome tap = Call({"test", "--tap", "--junit", directory_ + "/out.xml", test});
    EXPECT_EQ(tap.exit, kNo);
    EXPECT_EQ(Bare(tap.out), R"tap(TAP version 14
1..2
not ok 1 - file.read /\#<&"\\\\x01, uid 0: deny (EIO)
  ---
  at: "x.test.yaml:3"
  expected: "deny (EIO)"
  found: "allow"
  ...
ok 2 - file.read /k, exe /bin/cat, uid 7: deny
)tap");
    EXPECT_EQ(Bare(Read("out.xml")), R"xml(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bailiff test" tests="2" failures="1">
  <testsuite name="x.test.yaml" tests="2" failures="1">
    <testcase classname="x.test.yaml" name="file.read /#&lt;&amp;&quot;\\x01, uid 0: deny (EIO)" file="x.test.yaml" line="3">
      <failure message="expected deny (EIO), found allow">x.test.yaml:3: expected deny (EIO), found allow</failure>
    </testcase>
    <testcase classname="x.test.yaml" name="file.read /k, exe /bin/cat, uid 7: deny" file="x.test.yaml" line="4"/>
  </testsuite>
</testsuites>
)xml");
}

// What is wrong with the tests and with policies of theirs, of all files, in one object.
TEST_F(TestCommand, InvalidAsJson) {
    Write("t/bad.yaml", "bailiff: 1\npolicy: p\nrules: [{deny: file.opne, path: /x}]\n");
    std::string by_policy = Write("t/1.yaml",
                                  "bailiff-test: 1\npolicies: bad.yaml\n"
                                  "requests: [{op: file.read, path: /k, expect: deny}]\n");
    std::string by_rule =
        Write("t/2.yaml",
              "bailiff-test: 1\npolicies: ../keys.yaml\n"
              "requests: [{op: file.read, path: /k, expect: deny, rule: keys/2}]\n");
    Outcome outcome = Call({"test", "--json", good_, by_policy, by_rule});
    EXPECT_EQ(outcome.exit, kInvalid);
    EXPECT_EQ(outcome.err, "");
    auto json = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(json["error"]["message"], "2 errors in the files");
    EXPECT_EQ(json["diagnostics"][0]["file"], directory_ + "/t/bad.yaml");
    EXPECT_EQ(json["diagnostics"][1]["file"], by_rule);
    EXPECT_FALSE(json.contains("passed"));
}

TEST_F(TestCommand, Json) {
    auto json = nlohmann::json::parse(Call({"test", "--json", good_}).out);
    EXPECT_EQ(json["passed"], 2);
    EXPECT_EQ(json["failed"], 0);
    EXPECT_EQ(json["diagnostics"], nlohmann::json::array());
    EXPECT_EQ(json["requests"][0]["found"],
              "deny (EPERM) by keys/1 at " + directory_ + "/keys.yaml:3");
    EXPECT_EQ(json["requests"][1]["line"], 4);
    EXPECT_EQ(Call({"test", "--json", "--tap", good_}).exit, kUsage);
}

// Every policy that we ship has expectations that it meets.
TEST(ReadyPolicies, HaveTestsThatPass) {
    const std::filesystem::path policies = std::filesystem::path(BAILIFF_SOURCE_DIR) / "policies";
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(policies)) {
        if (entry.is_regular_file()) names.insert(entry.path().filename());
    }
    ASSERT_FALSE(names.empty());
    for (const std::string& name : names) {
        if (name.ends_with(".test.yaml")) continue;
        EXPECT_TRUE(names.contains(name.substr(0, name.find('.')) + ".test.yaml")) << name;
    }
    Outcome outcome = Call({"test", policies});
    EXPECT_EQ(outcome.exit, kOk) << outcome.out << outcome.err;
}

}  // namespace
}  // namespace bailiff::cli
