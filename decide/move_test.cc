// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Moves against the oracle: written ones, all small ones, and ones drawn at random
// (BAILIFF_SEED=n draws the same again). Of files both say the same. Of directories the engine may
// refuse more, where it knows two places by different states: how often is kept in the properties.
#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <vector>

#include "abi/limits.h"
#include "decide/testing/engine.h"
#include "decide/testing/generate.h"
#include "decide/testing/oracle.h"
#include "policy/classify.h"
#include "policy/explain_move.h"
#include "policy/testing/compile_text.h"

namespace bailiff::decide::testing {
namespace {

using policy::Image;
using policy::Mode;
using policy::PathPattern;
using policy::Policy;
using policy::Rule;

struct Tally {
    int moves = 0;
    int directories = 0;
    int denied = 0;            // by the oracle
    int audited = 0;           // likewise
    int denied_for_state = 0;  // directories, by the engine alone
};

// One mode's rule of a directory.
void CompareDirectory(const std::optional<OracleRule>& actual,
                      const std::optional<OracleRule>& expected, bool states_differ, Tally* tally) {
    if (expected) {
        ASSERT_EQ(actual, expected);
    } else if (actual) {
        ASSERT_TRUE(states_differ);
        tally->denied_for_state++;
    }
}

void Compare(const std::vector<Policy>& policies, const Image& image, const OracleMove& move,
             Tally* tally) {
    const OracleVerdict expected = OracleDecideMove(policies, move);
    const EngineMove actual = EngineDecideMove(image.view(), move);
    SCOPED_TRACE(Describe(actual.verdict) + " instead of " + Describe(expected) + "\n" +
                 Describe(policies, move));
    tally->moves++;
    if (move.directory) tally->directories++;
    if (expected.rule) tally->denied++;
    if (expected.audit) tally->audited++;
    if (!move.directory) {
        ASSERT_EQ(actual.verdict, expected);
        return;
    }
    if (expected.rule) {
        ASSERT_EQ(actual.verdict.error, expected.error);
    }
    CompareDirectory(actual.verdict.rule, expected.rule, actual.states_differ, tally);
    CompareDirectory(actual.verdict.audit, expected.audit, actual.states_differ, tally);
}

OraclePath PathOf(const std::string& text) {
    return {policy::SplitPath(text).value()};
}

OracleMove MoveOf(const std::string& from, const std::string& to, bool directory = false) {
    return {
        .from = {PathOf(from)}, .to = {PathOf(to)}, .tag = {}, .directory = directory, .who = {}};
}

OracleMove DirectoryOf(const std::string& from, const std::string& to) {
    return MoveOf(from, to, true);
}

// Policies as text, and what becomes of moves under them.
class Written {
  public:
    explicit Written(const std::string& text)
        : policies_(policy::testing::ReadText({{"test.yaml", text}})),
          image_(policy::testing::CompileText(text)) {}

    // The oracle's rule, as POLICY#NUMBER, with `?` behind it when it is an auditing one; "" when
    // there is none. The engine says the same, or "state" when it alone refuses.
    std::string Verdict(const OracleMove& move) const {
        Tally tally;
        Compare(policies_, image_, move, &tally);
        if (tally.denied_for_state > 0) return "state";
        const OracleVerdict verdict = OracleDecideMove(policies_, move);
        std::string text = NameOf(verdict.rule);
        if (verdict.audit) text += NameOf(verdict.audit) + "?";
        return text;
    }

  private:
    static std::string NameOf(const std::optional<OracleRule>& rule) {
        return rule ? rule->policy + "#" + std::to_string(rule->number) : "";
    }

    std::vector<Policy> policies_;
    Image image_;
};

Written OneRule(const std::string& rule) {
    return Written(policy::testing::Head("p") + "- " + rule + "\n");
}

TEST(Move, AFileKeepsWhatItIsDenied) {
    const Written policy = OneRule("{ deny: file.read, path: [/secret/**, /other/**] }");
    EXPECT_EQ(policy.Verdict(MoveOf("/secret/a", "/tmp/a")), "p#1") << "out of it: gains reading";
    EXPECT_EQ(policy.Verdict(MoveOf("/tmp/a", "/secret/a")), "p#1") << "into it: takes its place";
    EXPECT_EQ(policy.Verdict(MoveOf("/secret/a", "/secret/b/c")), "") << "within";
    EXPECT_EQ(policy.Verdict(MoveOf("/secret/a", "/other/a")), "") << "the same rule at both";
    EXPECT_EQ(policy.Verdict(MoveOf("/tmp/a", "/srv/b")), "") << "no rule at either";
    EXPECT_EQ(policy.Verdict(MoveOf("/secret", "/tmp/x")), "") << "a file is nothing below it";
}

TEST(Move, TheSameOperationsByOtherRulesAreTheSame) {
    const Written policy(policy::testing::Head("p") +
                         "- { deny: [file.read, file.write], path: /a/* }\n"
                         "- { deny: file.read, path: /b/* }\n"
                         "- { deny: file.write, path: [/b/*, /c/*] }\n");
    EXPECT_EQ(policy.Verdict(MoveOf("/a/x", "/b/x")), "");
    EXPECT_EQ(policy.Verdict(MoveOf("/a/x", "/c/x")), "p#1");
    EXPECT_EQ(policy.Verdict(MoveOf("/c/x", "/a/x")), "p#1");
    EXPECT_EQ(policy.Verdict(MoveOf("/b/x", "/c/x")), "p#2") << "the first that denies reading";
}

// A file known by its inode keeps that under its old name; what it is about to be called is what
// all others would see.
TEST(Move, ATagCountsOnTheOldSideAlone) {
    const Written policy = OneRule("{ deny: file.read, path: /etc/shadow }");
    OracleMove link = MoveOf("/tmp/link", "/tmp/other");
    EXPECT_EQ(policy.Verdict(link), "");
    link.tag = PathOf("/etc/shadow");
    EXPECT_EQ(policy.Verdict(link), "p#1") << "the tag is forgotten with the next policy";
    link.to = {PathOf("/etc/shadow")};
    EXPECT_EQ(policy.Verdict(link), "") << "home again";
    link.from = link.to;
    EXPECT_EQ(policy.Verdict(link), "");
}

TEST(Move, EitherNameCounts) {
    const Written policy = OneRule("{ deny: file.read, path: /secret/** }");
    OracleMove move = MoveOf("/mnt/a", "/mnt/b");
    move.from.push_back(PathOf("/secret/a"));
    EXPECT_EQ(policy.Verdict(move), "p#1");
    move.to.push_back(PathOf("/secret/b"));
    EXPECT_EQ(policy.Verdict(move), "");
}

TEST(Move, ExceptionsAndSubjectsHold) {
    const Written policy(
        "bailiff: 1\npolicy: p\napplies-to: { uid: [0, 7] }\nrules:\n"
        "- { deny: file.read, path: /secret/**, except: { exe: /bin/mv } }\n");
    for (bool directory : {false, true}) {
        OracleMove move = MoveOf("/secret/a", "/tmp/a", directory);
        EXPECT_EQ(policy.Verdict(move), "p#1");
        move.who.uid = 1;
        EXPECT_EQ(policy.Verdict(move), "");
        move.who.uid = 7;
        move.who.exe = PathOf("/bin/cp");
        EXPECT_EQ(policy.Verdict(move), "p#1");
        move.who.exe = PathOf("/bin/mv");
        EXPECT_EQ(policy.Verdict(move), "");
    }
}

TEST(Move, AuditingIsApartFromEnforcing) {
    const Written policy(
        "bailiff: 1\npolicy: watch\nmode: audit\nrules:\n- { deny: file.read, path: /a/** }\n---\n"
        "bailiff: 1\npolicy: keep\nrules:\n- { deny: file.read, path: [/b/**, /c/**] }\n");
    for (bool directory : {false, true}) {
        EXPECT_EQ(policy.Verdict(MoveOf("/a/x", "/tmp/x", directory)), "watch#1?");
        EXPECT_EQ(policy.Verdict(MoveOf("/b/x", "/tmp/x", directory)), "keep#1");
        EXPECT_EQ(policy.Verdict(MoveOf("/a/x", "/b/x", directory)), "keep#1watch#1?");
        EXPECT_EQ(policy.Verdict(MoveOf("/b/x", "/b/y", directory)), "");
    }
    EXPECT_EQ(policy.Verdict(MoveOf("/b/x", "/c/x")), "");
}

TEST(Move, ADirectoryTakesAlongWhatLiesBelow) {
    const Written policy = OneRule("{ deny: file.read, path: \"/home/*/.ssh/**\" }");
    EXPECT_EQ(policy.Verdict(DirectoryOf("/home/alice", "/home/bob")), "");
    EXPECT_EQ(policy.Verdict(DirectoryOf("/home/alice", "/srv/alice")), "p#1");
    EXPECT_EQ(policy.Verdict(DirectoryOf("/srv/alice", "/home/alice")), "p#1");
    EXPECT_EQ(policy.Verdict(DirectoryOf("/home/alice/.ssh", "/home/bob/.ssh")), "");
    EXPECT_EQ(policy.Verdict(DirectoryOf("/home/alice/.ssh", "/home/alice/ssh")), "p#1");
    EXPECT_EQ(policy.Verdict(DirectoryOf("/home/alice/.ssh/a", "/home/bob/.ssh/b/c")), "");
    EXPECT_EQ(policy.Verdict(DirectoryOf("/home/alice/src", "/srv/src")), "");
    EXPECT_EQ(policy.Verdict(DirectoryOf("/home", "/home2")), "p#1");
    EXPECT_EQ(policy.Verdict(MoveOf("/home/alice", "/srv/alice")), "") << "a file of this name";
}

TEST(Move, ANameAloneNeverHindersADirectory) {
    const Written policy = OneRule("{ deny: file.open, name: lsm-secret }");
    EXPECT_EQ(policy.Verdict(DirectoryOf("/home/alice", "/srv/a/b/c")), "");
    EXPECT_EQ(policy.Verdict(DirectoryOf("/home/alice", "/home/lsm-secret")), "p#1");
    EXPECT_EQ(policy.Verdict(DirectoryOf("/lsm-secret/x", "/tmp/x")), "");
}

// What the engine cannot tell: that the states of two trees stand for the same. The oracle would
// allow it.
TEST(Move, OneRuleAboutTwoTreesKeepsDirectoriesInEach) {
    const Written policy = OneRule("{ deny: file.read, path: [/srv/**, /data/**] }");
    EXPECT_EQ(policy.Verdict(DirectoryOf("/srv/a", "/data/a")), "state");
    EXPECT_EQ(policy.Verdict(DirectoryOf("/srv/a", "/srv/b/a")), "");
    EXPECT_EQ(policy.Verdict(MoveOf("/srv/a", "/data/a")), "");
}

// Nor this: a rule about others makes two places differ, and one about
// everybody reaches into both.
TEST(Move, ARuleAboutOthersMakesPlacesDiffer) {
    const Written policy(policy::testing::Head("p") +
                         "- { deny: file.open, name: lsm-secret }\n---\n" +
                         "bailiff: 1\npolicy: q\napplies-to: { uid: 7 }\nrules:\n"
                         "- { deny: file.read, path: /etc/** }\n");
    EXPECT_EQ(policy.Verdict(DirectoryOf("/etc/a", "/etc/b")), "");
    EXPECT_EQ(policy.Verdict(DirectoryOf("/etc/a", "/srv/a")), "state");
    const Written without(policy::testing::Head("p") + "- { deny: file.open, path: /k/** }\n---\n" +
                          "bailiff: 1\npolicy: q\napplies-to: { uid: 7 }\nrules:\n"
                          "- { deny: file.read, path: /etc/** }\n");
    EXPECT_EQ(without.Verdict(DirectoryOf("/etc/a", "/srv/a")), "");
}

policy::MoveDecision DecideUnknown(const std::string& rules, uint32_t from_reason,
                                   uint32_t to_reason, bool directory, uint32_t exe_reason = 0) {
    const Image image = policy::testing::CompileText(policy::testing::Head("p") + rules);
    policy::ClassifiedMove move;
    move.from.visible = move.from.canonical = policy::ClassifyObject(image.view(), "/a/x").value();
    move.to.visible = move.to.canonical = policy::ClassifyObject(image.view(), "/b/x").value();
    move.from.visible.reason = from_reason;
    move.to.visible.reason = to_reason;
    blf_subject subject{};
    subject.reason[BLF_BY_EXE] = exe_reason;
    const blf_who who = policy::Sift(image.view(), subject);
    move.who = &who;
    move.directory = directory;
    return policy::DecideMove(image.view(), move);
}

// A name that cannot be told may be one that any rule means.
TEST(Move, WhatCannotBeToldIsDenied) {
    const std::string far = "- { deny: file.read, path: /k/** }\n";
    for (bool directory : {false, true}) {
        EXPECT_EQ(DecideUnknown(far, 0, 0, directory).error, 0U);
        for (auto [from, to] : {std::pair<uint32_t, uint32_t>(BLF_REASON_TOO_DEEP, 0),
                                std::pair<uint32_t, uint32_t>(0, BLF_REASON_UNREADABLE)}) {
            const policy::MoveDecision one = DecideUnknown(far, from, to, directory);
            EXPECT_EQ(one.error, uint32_t{EPERM});
            EXPECT_EQ(one.reason, from | to);
            EXPECT_EQ(one.rule, 0U);
        }
    }
    const std::string others = "- { deny: file.read, path: /k/**, except: { uid: 0 } }\n";
    EXPECT_EQ(DecideUnknown(others, BLF_REASON_TOO_DEEP, 0, false).error, 0U) << "not about root";
}

// Both may still be two different names, and a process that cannot be told may be denied one alone.
TEST(Move, TwoThingsThatCannotBeToldAreNotTheSame) {
    const std::string far = "- { deny: file.read, path: /k/** }\n";
    EXPECT_EQ(DecideUnknown(far, BLF_REASON_TOO_DEEP, BLF_REASON_TOO_DEEP, false).error,
              uint32_t{EPERM});
    EXPECT_EQ(DecideUnknown(far, BLF_REASON_TOO_DEEP, BLF_REASON_TOO_DEEP, true).error,
              uint32_t{EPERM});
    const std::string each =
        "- { deny: file.read, path: /a/**, except: { exe: /x } }\n"
        "- { deny: file.read, path: /b/** }\n";
    EXPECT_EQ(DecideUnknown(each, 0, 0, false).error, 0U);
    EXPECT_EQ(DecideUnknown(each, 0, 0, false, BLF_REASON_NOT_SEEN).error, uint32_t{EPERM});
}

std::vector<OracleMove> AllMoves(const std::vector<std::string>& alphabet, size_t depth) {
    const std::vector<std::string> names = AllTexts(alphabet, depth);
    std::vector<OracleMove> moves;
    for (const std::string& from : names) {
        for (const std::string& to : names) {
            moves.push_back(MoveOf(from, to));
            moves.push_back(DirectoryOf(from, to));
        }
    }
    return moves;
}

Rule Deny(blf_set operations, const PathPattern& object, int error) {
    return {.operations = operations,
            .objects = {object},
            .except = {},
            .error = error,
            .where = {},
            .links = {}};
}

void CompareAll(const std::vector<Policy>& policies, const std::vector<OracleMove>& moves,
                Tally* tally) {
    const Image image = policy::testing::CompileModel(policies, {{"model", ""}});
    for (const OracleMove& move : moves) {
        Compare(policies, image, move, tally);
        if (::testing::Test::HasFatalFailure()) return;
    }
}

void Record(const Tally& tally) {
    ::testing::Test::RecordProperty("moves", tally.moves);
    ::testing::Test::RecordProperty("directories", tally.directories);
    ::testing::Test::RecordProperty("denied", tally.denied);
    ::testing::Test::RecordProperty("audited", tally.audited);
    ::testing::Test::RecordProperty("denied_for_state", tally.denied_for_state);
}

// Patterns of up to three components out of six; paths of up to two out of three.
TEST(Exhaustive, EveryPatternOnEveryMove) {
    const std::vector<OracleMove> moves = AllMoves({"a", "ab", "c"}, 2);
    Tally tally;
    for (const PathPattern& pattern :
         policy::testing::ReadPatterns(AllTexts({"a", "*", "?", "[ab]", "a*", "**"}, 3))) {
        Policy policy;
        policy.name = "p";
        policy.rules = {Deny(BLF_BIT(FILE_READ), pattern, EPERM)};
        CompareAll({policy}, moves, &tally);
        if (HasFatalFailure()) return;
    }
    Record(tally);
    EXPECT_GT(tally.denied, tally.moves / 10);
    // Mostly between the root directory, which does not move, and what lies in it.
    EXPECT_LT(tally.denied_for_state, tally.directories / 50);
}

// Both rules of one policy, or one each of two, of which one audits or does not concern the
// process; about the same operation or not.
std::vector<Policy> Pair(const PathPattern& one, const PathPattern& two, unsigned variant) {
    const blf_set operations = variant & 1 ? BLF_BIT(FILE_READ) : BLF_BIT(FILE_WRITE);
    std::vector<Policy> policies(2);
    policies[0].name = "b";
    policies[0].rules = {Deny(BLF_BIT(FILE_READ), one, EPERM)};
    policies[1].name = "a";
    policies[1].rules = {Deny(operations, two, EACCES)};
    if (variant & 2) policies[1].mode = Mode::kAudit;
    if (variant & 4) policies[1].applies_to.uid = {{1, 1}};
    if (variant >= 6) {
        policies[0].rules.push_back(policies[1].rules[0]);
        policies.pop_back();
    }
    return policies;
}

TEST(Exhaustive, EveryPairOfPatternsOnEveryMove) {
    const std::vector<OracleMove> moves = AllMoves({"a", "ab", "c"}, 2);
    const std::vector<PathPattern> patterns =
        policy::testing::ReadPatterns(AllTexts({"a", "*", "a*", "**"}, 2));
    Tally tally;
    for (size_t i = 0; i < patterns.size(); i++) {
        for (size_t j = 0; j < patterns.size(); j++) {
            const auto variant = static_cast<unsigned>(i * 3 + j) % 8;
            CompareAll(Pair(patterns[i], patterns[j], variant), moves, &tally);
            if (HasFatalFailure()) return;
        }
    }
    Record(tally);
    EXPECT_GT(tally.denied, tally.moves / 10);
    EXPECT_GT(tally.audited, tally.moves / 50);
    EXPECT_GT(tally.denied_for_state, 0);
}

constexpr uint64_t kCases = 150;
constexpr int kMoves = 40;

// The 10,000s keep the cases of neighbouring seeds apart.
void CompareCase(uint64_t seed, uint64_t number, Tally* tally) {
    Generator generator(seed * 10'000 + number);
    const std::vector<Policy> policies = generator.Policies();
    policy::Diagnostics diagnostics;
    const auto image = policy::Compile(policies, {{"model", ""}}, &diagnostics);
    if (!image) return;
    for (int i = 0; i < kMoves; i++) {
        Compare(policies, *image, generator.Move(policies), tally);
        if (::testing::Test::HasFatalFailure()) return;
    }
}

TEST(Move, RandomPoliciesAndMoves) {
    const uint64_t seed = Seed();
    RecordProperty("seed", std::to_string(seed));
    SCOPED_TRACE("BAILIFF_SEED=" + std::to_string(seed));
    Tally tally;
    for (uint64_t number = 0; number < kCases; number++) {
        SCOPED_TRACE("case " + std::to_string(number));
        CompareCase(seed, number, &tally);
        if (HasFatalFailure()) return;
    }
    Record(tally);
    // A generator whose moves meet no rule would prove nothing.
    EXPECT_GT(tally.denied, tally.moves / 20);
    EXPECT_LT(tally.denied, tally.moves * 9 / 10);
    EXPECT_GT(tally.audited, tally.moves / 50);
}

}  // namespace
}  // namespace bailiff::decide::testing
