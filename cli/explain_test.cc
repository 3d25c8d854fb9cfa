// SPDX-License-Identifier: Apache-2.0
//
// `explain` of renames and links: both names, and the move; of sockets.
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/testing/call.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "policy/words.h"

namespace bailiff::cli {
namespace {

using ::testing::HasSubstr;

using cli::testing::Call;
using cli::testing::Outcome;

// Of what lies in one policy file.
class ExplainFile : public cli::testing::DirectoryTest {
  protected:
    Outcome Explained(std::vector<std::string> request) {
        request.insert(request.begin(), "explain");
        request.push_back(file_);
        return Call(request);
    }

    std::string file_;
};

class ExplainTarget : public ExplainFile {
  protected:
    void SetUp() override {
        DirectoryTest::SetUp();
        file_ = Write("p.yaml", R"(bailiff: 1
policy: them
rules:
  - { deny: process.signal, target-exe: /usr/bin/a, target-uid: 1000, except: { exe: /usr/bin/x, target-session: tty } }
)");
    }
};

TEST_F(ExplainTarget, BothSidesAreAskedAbout) {
    const std::vector<std::string> request = {
        "--op", "process.signal", "--target-exe", "/usr/bin/a",   "--target-uid",
        "1000", "--exe",          "/usr/bin/x",   "--target-gid", "5,6"};
    Outcome outcome = Explained(request);
    EXPECT_EQ(outcome.exit, kNo);
    EXPECT_EQ(Bare(outcome.out),
              "deny (EPERM)   them, rule 1   p.yaml:4\n"
              "  operation   process.signal\n"
              "  exe         /usr/bin/x\n"
              "  uid         0\n"
              "  target-exe  /usr/bin/a\n"
              "  target-gid  5, 6\n"
              "  target-uid  1000\n");
    std::vector<std::string> excepted = request;
    excepted.insert(excepted.end(), {"--target-session", "tty"});
    EXPECT_EQ(Explained(excepted).exit, kOk);
    excepted[7] = "/usr/bin/y";
    EXPECT_EQ(Explained(excepted).exit, kNo);
}

TEST_F(ExplainTarget, SaysWhatDoesNotMatch) {
    Outcome outcome = Explained({"--op", "process.signal", "--target-exe", "/usr/bin/b"});
    EXPECT_EQ(outcome.exit, kOk);
    EXPECT_THAT(outcome.out, HasSubstr("does not match: target-exe, target-uid"));
    outcome = Explained({"--op", "process.prctl", "--target-exe", "/usr/bin/b"});
    EXPECT_EQ(outcome.exit, kUsage);
    EXPECT_THAT(outcome.err, HasSubstr("target-exe"));
}

TEST_F(ExplainTarget, TracesItsSteps) {
    Outcome outcome =
        Explained({"--op", "process.signal", "--target-exe", "/usr/bin/a", "--trace"});
    EXPECT_THAT(outcome.out, HasSubstr("steps of the target-exe"));
    EXPECT_THAT(outcome.out, HasSubstr("target-uid"));
}

class ExplainMove : public ExplainFile {
  protected:
    void SetUp() override {
        DirectoryTest::SetUp();
        file_ = Write("p.yaml", R"(bailiff: 1
policy: keep
rules:
  - { deny: [file.read, file.stat], path: /secret/**, errno: EACCES }
  - { deny: file.delete, path: /var/log/** }
  - { deny: file.create, path: /etc/** }
---
bailiff: 1
policy: watch
mode: audit
rules:
  - { deny: file.read, path: /srv/** }
)");
    }
};

TEST_F(ExplainMove, NamesTheRuleAndWhatWouldBeGained) {
    Outcome outcome = Explained({"--op", "file.rename", "--path", "/secret/a", "--to", "/tmp/a"});
    EXPECT_EQ(outcome.exit, kNo);
    EXPECT_EQ(Bare(outcome.out),
              "deny (EACCES)   keep, rule 1   p.yaml:4\n"
              "  operation  file.rename\n"
              "  path       /secret/a\n"
              "  to         /tmp/a\n"
              "  exe        (none)\n"
              "  uid        0\n"
              "asked in turn\n"
              "  old name  allow   no rule applies\n"
              "            file.write, file.delete, file.rename\n"
              "  new name  allow   no rule applies\n"
              "            file.write, file.create, file.rename\n"
              "  the move  deny (EACCES)   keep, rule 1   p.yaml:4\n"
              "            file.read, file.stat are denied under the old name and not under the "
              "new one\n");
}

TEST_F(ExplainMove, EachNameIsAskedAboutToo) {
    const auto denied_by = [&](std::vector<std::string> request) {
        request.push_back("--json");
        Outcome outcome = Explained(request);
        const auto json = nlohmann::json::parse(outcome.out);
        EXPECT_EQ(outcome.exit, json["verdict"] == "deny" ? kNo : kOk);
        std::string parts;
        for (const char* part : {"from", "to", "move"}) {
            if (json[part]["verdict"] == "deny") parts += std::string(part) + " ";
        }
        return parts + (json["rule"].is_null() ? "" : json["rule"]["rule"].dump());
    };
    const auto rename = [&](const char* from, const char* to) {
        return denied_by({"--op", "file.rename", "--path", from, "--to", to});
    };
    const auto link = [&](const char* from, const char* to) {
        return denied_by({"--op", "file.link", "--path", from, "--to", to});
    };
    EXPECT_EQ(rename("/a", "/b"), "");
    EXPECT_EQ(rename("/var/log/x", "/var/log/y"), "from 2") << "a rename deletes the old name";
    EXPECT_EQ(rename("/a", "/etc/a"), "to move 3") << "it creates the new one";
    EXPECT_EQ(link("/var/log/x", "/var/log/y"), "") << "a link deletes nothing";
    EXPECT_EQ(link("/etc/a", "/etc/b"), "to 3");
    EXPECT_EQ(link("/secret/a", "/tmp/a"), "move 1");
    EXPECT_EQ(link("/secret/a", "/secret/b"), "");
}

TEST_F(ExplainMove, DirectoriesTakeAlongWhatLiesBelow) {
    Outcome outcome =
        Explained({"--op", "file.rename", "--path", "/secret", "--to", "/s", "--directory"});
    EXPECT_EQ(outcome.exit, kNo);
    EXPECT_THAT(outcome.out, HasSubstr("file.read, file.stat are denied at or below the old place, "
                                       "and the new one is under other rules\n"));
    EXPECT_THAT(outcome.out, HasSubstr("file.write, file.rename, file.rmdir\n"));
    EXPECT_EQ(Explained({"--op", "file.rename", "--path", "/secret", "--to", "/s"}).exit, kOk)
        << "a file of that name";
}

TEST_F(ExplainMove, AuditingRulesDenyNothing) {
    Outcome outcome = Explained({"--op", "file.link", "--path", "/tmp/a", "--to", "/srv/a"});
    EXPECT_EQ(outcome.exit, kOk);
    EXPECT_THAT(outcome.out, HasSubstr("allow   audit only: watch, rule 1"));
    EXPECT_THAT(outcome.out, HasSubstr("file.read is denied under the new name"));
    const auto json = nlohmann::json::parse(
        Explained({"--op", "file.link", "--path", "/tmp/a", "--to", "/srv/a", "--json"}).out);
    EXPECT_EQ(json["verdict"], "allow");
    EXPECT_EQ(json["would_deny"]["policy"], "watch");
    EXPECT_EQ(json["move"]["gains"], nullptr);
    EXPECT_EQ(json["move"]["would_gain"].dump(), R"({"by":"to","operations":["file.read"]})");
}

TEST_F(ExplainMove, WithoutTheNewNameItSaysSo) {
    Outcome outcome = Explained({"--op", "file.rename", "--path", "/var/log/x"});
    EXPECT_EQ(outcome.exit, kNo);
    EXPECT_THAT(outcome.out, HasSubstr("asked about the old name alone"));
    const auto json = nlohmann::json::parse(
        Explained({"--op", "file.link", "--path", "/var/log/x", "--json"}).out);
    EXPECT_EQ(json["old_name_alone"], true);
}

TEST_F(ExplainMove, RefusesWhatHasNoSecondName) {
    const auto refused = [&](const std::vector<std::string>& request) {
        Outcome outcome = Explained(request);
        EXPECT_EQ(outcome.exit, kUsage);
        return outcome.err;
    };
    EXPECT_THAT(refused({"--op", "file.read", "--path", "/a", "--to", "/b"}),
                HasSubstr("--to goes with file.rename and file.link"));
    EXPECT_THAT(refused({"--op", "file.link", "--path", "/a", "--to", "/b", "--directory"}),
                HasSubstr("a directory has no hard links"));
    EXPECT_THAT(refused({"--op", "file.rename", "--path", "/a", "--to", "b"}),
                HasSubstr("`b` is not an absolute path"));
    EXPECT_THAT(refused({"--op", "file.modify", "--path", "/a"}),
                HasSubstr("unknown operation `file.modify`"));
}

TEST_F(ExplainMove, NobodyIsTheUserThatStandsForNone) {
    Outcome outcome = Explained({"--op", "file.read", "--path", "/a", "--uid", "4294967295"});
    EXPECT_EQ(outcome.exit, kUsage);
    EXPECT_EQ(outcome.err,
              "bailiff: --uid: user id `4294967295` is too large\n"
              "  the largest is 4294967294; 4294967295 means \"no user\"\n");
}

TEST_F(ExplainMove, TracesBothNames) {
    Outcome outcome =
        Explained({"--op", "file.link", "--path", "/secret/a", "--to", "/tmp/a", "--trace"});
    EXPECT_THAT(outcome.out, HasSubstr("the old name: steps of the path"));
    EXPECT_THAT(outcome.out, HasSubstr("the new name: steps of the path"));
    const auto json = nlohmann::json::parse(Explained({"--op", "file.link", "--path", "/secret/a",
                                                       "--to", "/tmp/a", "--trace", "--json"})
                                                .out);
    EXPECT_EQ(json["from"]["trace"]["path"][1]["component"], "secret");
    EXPECT_EQ(json["to"]["trace"]["path"][1]["step"], "dead");
}

TEST(ExplainHelp, ListsEveryWordWithItsMeaning) {
    const std::string help = Call({"explain", "--help"}).out;
    for (size_t i = 0; i < policy::RuleWords().size(); i++) {
        EXPECT_THAT(help, HasSubstr("  " + std::string(policy::RuleWords()[i]) + "  "));
        EXPECT_THAT(help, HasSubstr("  " + std::string(policy::RuleMeanings()[i]) + "\n"));
    }
}

class ExplainSocket : public ExplainMove {
  protected:
    void SetUp() override {
        ExplainMove::SetUp();
        file_ = Write("net.yaml", R"(bailiff: 1
policy: net
rules:
  - { deny: net.connect, address: 127.0.0.0/8, port: 443, protocol: tcp }
  - { deny: net.create, family: packet, errno: EACCES }
)");
    }
};

TEST_F(ExplainSocket, NamesTheRuleAndWhatTheOthersFailedOn) {
    Outcome outcome = Explained({"--op", "net.connect", "--address", "0.0.0.0", "--port", "443",
                                 "--protocol", "tcp", "--trace"});
    EXPECT_EQ(outcome.exit, kNo);
    EXPECT_THAT(Bare(outcome.out), HasSubstr("deny (EPERM)   net, rule 1   net.yaml:4\n"
                                             "  operation  net.connect\n"
                                             "  address    0.0.0.0\n"));
    EXPECT_THAT(outcome.out, HasSubstr("what the kernel takes it for: state"));
    outcome = Explained({"--op", "net.connect", "--address", "10.0.0.1", "--port", "80"});
    EXPECT_EQ(outcome.exit, kOk);
    EXPECT_THAT(outcome.out, HasSubstr("does not match: address, port, protocol"));
}

TEST_F(ExplainSocket, JsonHasAnAddressAndNoPath) {
    const Outcome outcome =
        Explained({"--json", "--op", "net.connect", "--address", "::1", "--port", "443"});
    const auto request = nlohmann::json::parse(outcome.out)["request"];
    EXPECT_EQ(request["address"], "::1");
    EXPECT_FALSE(request.contains("path"));
}

TEST_F(ExplainSocket, WhatDoesNotGoTogetherIsUsage) {
    const std::pair<std::vector<std::string>, std::string> kWrong[] = {
        {{"--op", "file.read"}, "file.read needs --path"},
        {{"--op", "file.read", "--path", "/x", "--port", "1"}, "--port does not go with file.read"},
        {{"--op", "net.connect", "--path", "/x"}, "--path does not go with net.connect"},
        {{"--op", "net.create", "--address", "::1"}, "net.create has no address and no port"},
        {{"--op", "net.create", "--port", "1"}, "net.create has no address and no port"},
        {{"--op", "net.connect", "--address", "10.0.0.0/8"}, "`10.0.0.0/8` is not an address"},
    };
    for (const auto& [request, message] : kWrong) {
        const Outcome outcome = Explained(request);
        EXPECT_EQ(outcome.exit, kUsage) << message;
        EXPECT_THAT(outcome.err, HasSubstr(message));
    }
}

class ExplainDetails : public ExplainFile {
  protected:
    void SetUp() override {
        DirectoryTest::SetUp();
        file_ = Write("k.yaml", R"(bailiff: 1
policy: k
rules:
  - { deny: kernel.module, module: "usb*" }
  - { deny: kernel.module, path: /m/**, module: loop }
  - { deny: process.signal, signal: kill }
)");
    }
};

TEST_F(ExplainDetails, AreCalledAsTheRuleCallsThem) {
    Outcome outcome = Explained({"--op", "kernel.module", "--module", "usb_storage"});
    EXPECT_EQ(outcome.exit, kNo);
    EXPECT_THAT(Bare(outcome.out), HasSubstr("  module     usb_storage\n"));
    EXPECT_THAT(Bare(outcome.out), HasSubstr("does not match: path, module\n"));
    EXPECT_THAT(Bare(outcome.out), HasSubstr("does not match: operation, signal\n"));
    EXPECT_THAT(Bare(outcome.out), ::testing::Not(HasSubstr("  path  ")));
}

TEST_F(ExplainDetails, OfAPlaceAreTracedWithTheRulesThatNameNone) {
    Outcome outcome =
        Explained({"--op", "kernel.module", "--path", "/m/loop.ko", "--module", "loop", "--trace"});
    EXPECT_EQ(outcome.exit, kNo);
    EXPECT_THAT(Bare(outcome.out), HasSubstr("rules that name no place: k/1, k/3\n"));
    outcome = Explained({"--op", "process.signal", "--signal", "kill", "--trace"});
    EXPECT_EQ(outcome.exit, kNo);
    EXPECT_THAT(Bare(outcome.out), ::testing::Not(HasSubstr("steps of the path")));
}

TEST_F(ExplainDetails, OfAnotherOperationAreRefused) {
    EXPECT_THAT(Explained({"--op", "kernel.module", "--signal", "kill"}).err,
                HasSubstr("--signal does not go with kernel.module"));
    EXPECT_THAT(Explained({"--op", "process.signal", "--path", "/x"}).err,
                HasSubstr("--path does not go with process.signal"));
    EXPECT_THAT(Explained({"--op", "file.read", "--path", "/x", "--port", "1"}).err,
                HasSubstr("only sockets have one"));
}

}  // namespace
}  // namespace bailiff::cli
