// SPDX-License-Identifier: Apache-2.0
//
// `explain --trace` of testdata/trace/policies.yaml: NAME.txt, to the character.
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/testing/call.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace bailiff::cli {
namespace {

using cli::testing::Call;

const std::string kTestdata = std::string(BAILIFF_SOURCE_DIR) + "/cli/testdata/trace/";

std::string Traced(std::vector<std::string> request) {
    request.insert(request.begin(), {"explain", "--trace"});
    request.push_back(kTestdata + "policies.yaml");
    return cli::testing::Without(kTestdata, Call(request).out);
}

TEST(ExplainTrace, Goldens) {
    const std::vector<std::pair<std::string, std::vector<std::string>>> requests = {
        // literal, default, glob and default again
        {"glob",
         {"--op", "file.read", "--path", "/home/alice/.ssh/id_ed", "--exe", "/usr/bin/cat", "--uid",
          "1000"}},
        // a literal edge where a glob would match too; audited besides
        {"literal", {"--op", "file.read", "--path", "/home/alice/.ssh/id_rsa", "--uid", "1000"}},
        // each half of the exception, but of two processes: struck out only all at once
        {"except",
         {"--op", "file.read", "--path", "/srv/key", "--exe", "/usr/bin/ssh", "--uid", "1001"}},
        {"below", {"--op", "file.write", "--path", "/srv/a/b\x01", "--uid", "7"}},
        {"too-long",
         {"--op", "file.read", "--path", "/srv/" + std::string(256, 'x'), "--uid", "1000"}},
        {"root", {"--op", "file.open", "--path", "/"}},
    };
    for (const auto& [name, request] : requests) {
        golden::Expect(kTestdata + name + ".txt", Traced(request));
    }
}

TEST(ExplainTrace, WhatElseOfTheAskerIsAPath) {
    const std::string file = ::testing::TempDir() + "trace_who.yaml";
    std::ofstream(file) << "bailiff: 1\npolicy: p\napplies-to: {cgroup: /a/*}\nrules:\n"
                           "- {deny: file.open, path: /d, except: {parent: /usr/bin/env}}\n";
    const std::vector<std::string> request = {"explain",  "--trace",  "--op",  "file.open",
                                              "--path",   "/d",       "--exe", "/bin/cat",
                                              "--parent", "/usr/lib", file};
    golden::Expect(kTestdata + "who.txt",
                   cli::testing::Without(::testing::TempDir(), Call(request).out));
}

TEST(ExplainTrace, Json) {
    const auto json = nlohmann::json::parse(
        Traced({"--json", "--op", "file.read", "--path", "/srv/x", "--exe", "/bin/sh"}));
    const auto& trace = json["trace"];
    EXPECT_EQ(trace["path"][0]["step"], "start");
    EXPECT_EQ(trace["path"][1]["step"], "literal");
    EXPECT_EQ(trace["path"][1]["possible"].dump(), R"(["keys/1","keys/2","watch/1"])");
    EXPECT_EQ(trace["exe"][1]["step"], "dead");
    EXPECT_EQ(trace["dimensions"]["operation"]["strikes_out"].dump(), R"(["keys/2"])");
    EXPECT_EQ(trace["dimensions"]["all"]["leaves"].dump(), "[]");
}

// Long lists are cut in the text and whole in the JSON.
TEST(ExplainTrace, ManyRules) {
    std::string text = "bailiff: 1\npolicy: p\nrules:\n";
    for (int i = 0; i < 12; ++i)
        text += "- {deny: file.open, path: /d/" + std::to_string(i) + "}\n";
    const std::string file = ::testing::TempDir() + "trace_many.yaml";
    std::ofstream(file) << text;
    const std::string out =
        Call({"explain", "--trace", "--op", "file.open", "--path", "/d/1", file}).out;
    EXPECT_NE(out.find("p/7, p/8 and 4 more"), std::string::npos) << out;
}

}  // namespace
}  // namespace bailiff::cli
