// SPDX-License-Identifier: Apache-2.0
#include "policy/path_automaton.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fmt/format.h"
#include "policy/testing/compile_text.h"

namespace bailiff::policy {
namespace {

std::optional<PathAutomaton> Build(const std::vector<PathPattern>& patterns,
                                   const AutomatonLimits& limits, std::string* too_many) {
    std::vector<const PathPattern*> pointers;
    for (const PathPattern& pattern : patterns) pointers.push_back(&pattern);
    return BuildPathAutomaton(pointers, limits, too_many);
}

// One line a state: its names, globs (by what matches), other names, and the patterns it accepts.
std::string Dump(const PathAutomaton& automaton) {
    std::string text = fmt::format("root {} lost {}\n", automaton.root, automaton.lost);
    for (size_t i = 1; i < automaton.states.size(); i++) {
        const PathState& state = automaton.states[i];
        text += std::to_string(i);
        for (const auto& [name, to] : state.literals) text += fmt::format(" {}>{}", name, to);
        for (uint32_t to : state.glob_targets) text += fmt::format(" glob>{}", to);
        if (state.default_to != 0) text += fmt::format(" *>{}", state.default_to);
        if (!state.accepts.empty()) text += " accepts";
        for (uint32_t pattern : state.accepts) text += fmt::format(" {}", pattern);
        text += '\n';
    }
    return text;
}

struct Case {
    std::vector<std::string> patterns;
    const char* dump;
};

const Case kCases[] = {
    {{"/"}, "root 1 lost 0\n1 accepts 0\n"},
    {{"/a/b", "/a/c"}, "root 1 lost 0\n1 a>2\n2 b>3 c>4\n3 accepts 0\n4 accepts 1\n"},
    // A beginning is shared; a default is taken last.
    {{"/a", "/*"}, "root 1 lost 0\n1 a>3 *>2\n2 accepts 1\n3 accepts 0 1\n"},
    {{"/**"}, "root 1 lost 2\n1 *>3\n2 *>3\n3 *>3 accepts 0\n"},
    {{"/**/x"}, "root 1 lost 2\n1 x>3 *>2\n2 x>3 *>2\n3 x>3 *>2 accepts 0\n"},
    {{"/a/**/x"}, "root 1 lost 0\n1 a>2\n2 x>4 *>3\n3 x>4 *>3\n4 x>4 *>3 accepts 0\n"},
    {{"/a*", "/ab"}, "root 1 lost 0\n1 ab>3 glob>2\n2 accepts 0\n3 accepts 0 1\n"},
    {{"/{a,b}/c", "/a/d"},
     "root 1 lost 0\n1 a>2 b>3\n2 c>4 d>5\n3 c>4\n4 accepts 0\n5 accepts 1\n"},
};

TEST(PathAutomaton, Tables) {
    for (const Case& c : kCases) {
        std::string too_many;
        const auto automaton = Build(testing::ReadPatterns(c.patterns), {}, &too_many);
        ASSERT_TRUE(automaton);
        EXPECT_EQ(Dump(*automaton), c.dump) << c.patterns[0];
    }
}

TEST(PathAutomaton, SaysWhatWasTooMuch) {
    std::string too_many;
    const auto patterns = testing::ReadPatterns({"/a/b/c", "/d"});
    EXPECT_FALSE(Build(patterns, {.states = 3, .edges = 100}, &too_many));
    EXPECT_EQ(too_many, "the paths overlap in too many ways");
    EXPECT_FALSE(Build(patterns, {.states = 100, .edges = 2}, &too_many));
    EXPECT_TRUE(Build(patterns, {.states = 6, .edges = 4}, &too_many));
}

// States grow with directories, not with patterns times paths.
TEST(PathAutomaton, LiteralPathsCostOneStateEach) {
    std::vector<std::string> texts = {"/**/key"};
    for (int i = 0; i < 5000; i++) texts.push_back(fmt::format("/d/{}/f{}", i % 50, i));
    std::string too_many;
    const auto automaton = Build(testing::ReadPatterns(texts), {}, &too_many);
    ASSERT_TRUE(automaton);
    EXPECT_EQ(automaton->states.size(), 1 + 2 + 2 + 50 + 5000U);
}

}  // namespace
}  // namespace bailiff::policy
