// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The decision against the oracle: all small policies, all small requests. Small is said at each
// test; the first two have patterns of up to three components out of seven (`a`, `b`, `*`, `?`,
// `[ab]`, `a*`, `**`), one and in pairs, and paths of up to three out of four. Large ones, drawn at
// random, are decide/decision_random_test.cc.
#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <vector>

#include "decide/testing/engine.h"
#include "decide/testing/generate.h"
#include "decide/testing/oracle.h"
#include "policy/testing/compile_text.h"

namespace bailiff::decide::testing {
namespace {

using policy::Image;
using policy::Mode;
using policy::PathPattern;
using policy::Policy;
using policy::Rule;
using policy::Subject;

const policy::Sources kNoText = {{"model", ""}};

// "/", and all of one to three components out of the alphabet; `**` twice in a row is no pattern.
std::vector<PathPattern> AllPatterns() {
    const std::vector<std::string> alphabet = {"a", "b", "*", "?", "[ab]", "a*", "**"};
    return policy::testing::ReadPatterns(AllTexts(alphabet, 3));
}

std::vector<OraclePath> AllPaths() {
    const std::vector<std::string> alphabet = {"a", "b", "ab", "c"};
    std::vector<OraclePath> paths = {{}};
    for (size_t begin = 0, depth = 1; depth <= 3; depth++) {
        size_t end = paths.size();
        for (size_t i = begin; i < end; i++) {
            for (const std::string& component : alphabet) {
                OraclePath longer = paths[i];
                longer.components.push_back(component);
                paths.push_back(std::move(longer));
            }
        }
        begin = end;
    }
    size_t count = paths.size();
    for (size_t i = 0; i < count; i++) paths.push_back({paths[i].components, true});
    return paths;
}

Rule DenyRead(std::vector<PathPattern> objects, int error) {
    return {.operations = BLF_BIT(FILE_READ),
            .objects = std::move(objects),
            .except = {},
            .error = error,
            .where = {},
            .links = {}};
}

Policy Enforced(std::string name, std::vector<Rule> rules) {
    Policy policy;
    policy.name = std::move(name);
    policy.rules = std::move(rules);
    return policy;
}

OracleRequest ReadOf(const OraclePath& object) {
    return {.ask = BLF_ASK_FILE_OPEN_READ, .object = object, .who = {}};
}

// Each pattern as an object and as an executable.
TEST(Exhaustive, EveryPatternOnEveryPath) {
    const std::vector<OraclePath> paths = AllPaths();
    for (const PathPattern& pattern : AllPatterns()) {
        std::vector<Policy> policies = {Enforced("object", {DenyRead({pattern}, EPERM)})};
        policies.push_back(Enforced("subject", {DenyRead({pattern}, EACCES)}));
        policies[1].applies_to.exe = {pattern};
        const Image image = policy::testing::CompileModel(policies, kNoText);
        for (const OraclePath& path : paths) {
            OracleRequest request = ReadOf(path);
            request.who.exe = path;
            OracleVerdict expected = OracleDecide(policies, request);
            ASSERT_EQ(expected.rule.has_value(), OracleMatches(pattern, path));
            expected.applying.clear();
            const OracleVerdict actual = EngineDecide(image.view(), request);
            ASSERT_EQ(actual, expected)
                << Describe(actual) << " instead of " << Describe(expected) << "\n"
                << Describe(policies, request);
        }
    }
}

// The oracle on all patterns and paths, once: pairs are asked too often to ask it each time.
using MatchTable = std::vector<std::vector<bool>>;

MatchTable AllMatches(const std::vector<PathPattern>& patterns,
                      const std::vector<OraclePath>& paths) {
    MatchTable table;
    for (const PathPattern& pattern : patterns) {
        table.emplace_back();
        for (const OraclePath& path : paths) table.back().push_back(OracleMatches(pattern, path));
    }
    return table;
}

void ComparePair(const std::vector<Policy>& policies, const std::vector<bool>& first,
                 const std::vector<bool>& second, const std::vector<OraclePath>& paths) {
    const Image image = policy::testing::CompileModel(policies, kNoText);
    for (size_t i = 0; i < paths.size(); i++) {
        const int expected = first[i] ? EPERM : second[i] ? EACCES : 0;
        const OracleVerdict actual = EngineDecide(image.view(), ReadOf(paths[i]));
        ASSERT_EQ(actual.error, expected) << Describe(actual) << "\n"
                                          << Describe(policies, ReadOf(paths[i]));
    }
}

// Every two patterns overlap in every way they can.
TEST(Exhaustive, EveryPairOfPatternsOnEveryPath) {
    const std::vector<PathPattern> patterns = AllPatterns();
    const std::vector<OraclePath> paths = AllPaths();
    const MatchTable matches = AllMatches(patterns, paths);
    RecordProperty("patterns", static_cast<int>(patterns.size()));
    RecordProperty("paths", static_cast<int>(paths.size()));
    for (size_t i = 0; i < patterns.size(); i++) {
        for (size_t j = i + 1; j < patterns.size(); j++) {
            const std::vector<Policy> policies = {Enforced(
                "pair", {DenyRead({patterns[i]}, EPERM), DenyRead({patterns[j]}, EACCES)})};
            ComparePair(policies, matches[i], matches[j], paths);
            if (HasFatalFailure()) return;
        }
    }
}

Subject SubjectOf(unsigned kind, const PathPattern& exe, uint32_t uid) {
    Subject subject;
    if (kind & 1) subject.exe = {exe};
    if (kind & 2) subject.uid = {{uid, uid + 1}};
    return subject;
}

// All operations (not none) × all exceptions × two objects.
std::vector<Rule> AllRules(const std::vector<PathPattern>& patterns) {
    std::vector<Rule> rules;
    for (blf_set operations :
         {BLF_BIT(FILE_OPEN), BLF_BIT(FILE_READ), BLF_BIT(FILE_READ) | BLF_BIT(FILE_WRITE)}) {
        for (unsigned except = 0; except < 4; except++) {
            for (size_t object : {0, 1}) {
                rules.push_back({.operations = operations,
                                 .objects = {patterns[object]},
                                 .except = SubjectOf(except, patterns[2], 1),
                                 .error = object || except ? EPERM : EACCES,
                                 .where = {},
                                 .links = {}});
            }
        }
    }
    return rules;
}

std::vector<OracleRequest> AllRequests() {
    std::vector<OracleRequest> requests;
    const std::vector<std::optional<OraclePath>> exes = {
        std::nullopt, OraclePath{{"x"}}, OraclePath{{"y"}}, OraclePath{{"y"}, true}};
    for (blf_ask ask : {BLF_ASK_FILE_OPEN, BLF_ASK_FILE_OPEN_READ, BLF_ASK_FILE_OPEN_WRITE,
                        BLF_ASK_FILE_OPEN_READ_WRITE}) {
        for (const char* object : {"a", "b", "c"}) {
            for (const auto& exe : exes) {
                for (uint32_t uid = 0; uid < 4; uid++) {
                    requests.push_back(
                        {.ask = ask, .object = {{object}}, .who = {.exe = exe, .uid = uid}});
                }
            }
        }
    }
    return requests;
}

void CompareAll(const std::vector<Policy>& policies, const std::vector<OracleRequest>& requests) {
    const Image image = policy::testing::CompileModel(policies, kNoText);
    for (const OracleRequest& request : requests) {
        OracleVerdict expected = OracleDecide(policies, request);
        if (CanExplain(request)) {
            const OracleVerdict explained = ExplainDecide(image.view(), request);
            ASSERT_EQ(explained, expected) << "explain: " << Describe(explained) << " instead of "
                                           << Describe(expected) << "\n"
                                           << Describe(policies, request);
        }
        expected.applying.clear();
        const OracleVerdict actual = EngineDecide(image.view(), request);
        ASSERT_EQ(actual, expected)
            << Describe(actual) << " instead of " << Describe(expected) << "\n"
            << Describe(policies, request);
    }
}

// Two policies with these rules; the bits of `variant` choose the subjects, modes and layout.
std::vector<Policy> TwoPolicies(const Rule& one, const Rule& two, const PathPattern& exe,
                                unsigned variant) {
    std::vector<Policy> policies = {Enforced("p", {one, two, one}), Enforced("n", {two, one})};
    policies[0].applies_to = SubjectOf(variant, exe, 2);
    policies[1].applies_to = SubjectOf(variant >> 2, exe, 0);
    if (variant & 16) policies[0].mode = Mode::kAudit;
    if (variant & 32) policies[1].mode = Mode::kAudit;
    return policies;
}

// Small is: two policies of two rules and a third that repeats one, each rule with one of three
// sets of operations, one of two objects and one of four exceptions (none, exe, uid, both), each
// policy enforced or auditing and with one of four subjects; and requests with one of four asks,
// three objects, four executables (none and one in a lost tree among them) and four users. All
// policies of that size meet all requests: 24 * 24 pairs of rules * 64 variants * 192 requests.
TEST(Exhaustive, EverySubjectExceptionOperationAndMode) {
    const std::vector<PathPattern> patterns =
        policy::testing::ReadPatterns({"/[ab]", "/[bc]", "/**/y", "/{x,z}"});
    const std::vector<Rule> rules = AllRules(patterns);
    const std::vector<OracleRequest> requests = AllRequests();
    RecordProperty("rules", static_cast<int>(rules.size()));
    RecordProperty("requests", static_cast<int>(requests.size()));
    for (const Rule& one : rules) {
        for (const Rule& two : rules) {
            for (unsigned variant = 0; variant < 64; variant++) {
                CompareAll(TwoPolicies(one, two, patterns[3], variant), requests);
                if (HasFatalFailure()) return;
            }
        }
    }
}

}  // namespace
}  // namespace bailiff::decide::testing
