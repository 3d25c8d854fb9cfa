// SPDX-License-Identifier: Apache-2.0
#include "policy/path_automaton.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fmt/format.h"
#include "policy/dump_automaton.h"
#include "policy/testing/compile_text.h"

namespace bailiff::policy {
namespace {

std::variant<PathAutomaton, Overlap> Build(const std::vector<PathPattern>& patterns,
                                           const AutomatonLimits& limits = {},
                                           size_t steps = 100'000'000) {
    std::vector<Labelled> labelled;
    for (const PathPattern& pattern : patterns) {
        labelled.push_back({&pattern, static_cast<uint32_t>(labelled.size())});
    }
    Work work(steps);
    return BuildPathAutomaton(labelled, limits, &work);
}

bool IsBuilt(const std::variant<PathAutomaton, Overlap>& built) {
    return std::holds_alternative<PathAutomaton>(built);
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
    {{"/a*", "/ab"}, "root 1 lost 0\n1 ab>3 glob.0>2\n2 accepts 0\n3 accepts 0 1\n"},
    {{"/{a,b}/c", "/a/d"},
     "root 1 lost 0\n1 a>2 b>3\n2 c>4 d>5\n3 c>4\n4 accepts 0\n5 accepts 1\n"},
};

TEST(PathAutomaton, Tables) {
    for (const Case& c : kCases) {
        const std::vector<PathPattern> patterns = testing::ReadPatterns(c.patterns);
        const auto built = Build(patterns);
        ASSERT_TRUE(std::holds_alternative<PathAutomaton>(built));
        EXPECT_EQ(DumpAutomaton(std::get<PathAutomaton>(built)), c.dump) << c.patterns[0];
    }
}

TEST(PathAutomaton, HasLimits) {
    const std::vector<PathPattern> patterns = testing::ReadPatterns({"/a/b/c", "/d"});
    EXPECT_FALSE(IsBuilt(Build(patterns, {.states = 3, .edges = 100})));
    EXPECT_FALSE(IsBuilt(Build(patterns, {.states = 100, .edges = 2})));
    EXPECT_FALSE(IsBuilt(Build(patterns, {}, 3)));
    EXPECT_TRUE(IsBuilt(Build(patterns, {.states = 6, .edges = 4}, 20)));
}

// Those that multiply, and not those that happen to be there.
TEST(PathAutomaton, NamesThePatternsThatMultiply) {
    std::vector<std::string> texts = {"/literal", "/srv/**/alone"};
    for (int i = 0; i < 40; i++) texts.push_back(fmt::format("/srv/**/t{}/**/k{}", i, i));
    texts.push_back("/home/*/.ssh/**");
    const std::vector<PathPattern> patterns = testing::ReadPatterns(texts);
    auto built = Build(patterns, {}, 1'000'000);
    auto* overlap = std::get_if<Overlap>(&built);
    ASSERT_NE(overlap, nullptr);
    EXPECT_EQ(overlap->of, Overlap::Of::kDirectories);
    EXPECT_EQ(overlap->patterns.size(), 40U);
    for (uint32_t pattern : overlap->patterns) {
        EXPECT_GT(pattern, 1U);
        EXPECT_LT(pattern, 42U);
    }
}

TEST(PathAutomaton, NamesThePatternsWhoseGlobsMultiply) {
    std::vector<std::string> texts = {"/b*", "/d/x*"};
    for (char c = 'a'; c <= 'z'; c++) texts.push_back(fmt::format("/d/*{0}*{0}*", c));
    const std::vector<PathPattern> patterns = testing::ReadPatterns(texts);
    auto built = Build(patterns);
    auto* overlap = std::get_if<Overlap>(&built);
    ASSERT_NE(overlap, nullptr);
    EXPECT_EQ(overlap->of, Overlap::Of::kNames);
    EXPECT_EQ(overlap->patterns.front(), 1U);
    EXPECT_EQ(overlap->patterns.size(), 27U);
}

// States grow with directories, not with patterns times paths, and the files of a rule share one.
TEST(PathAutomaton, ADirectoryIsAState) {
    std::vector<std::string> texts = {"/**/key"};
    for (int i = 0; i < 5000; i++) texts.push_back(fmt::format("/d/{}/f{}", i % 50, i));
    const std::vector<PathPattern> patterns = testing::ReadPatterns(texts);
    std::vector<Labelled> labelled = {{patterns.data(), 0}};
    for (size_t i = 1; i < patterns.size(); i++) labelled.push_back({&patterns[i], 1});
    Work work(1'000'000);
    const auto built = BuildPathAutomaton(labelled, {}, &work);
    ASSERT_TRUE(IsBuilt(built));
    // Dead, "/", "/d", 50 directories, below them, anywhere else, "key", and one for all files.
    EXPECT_EQ(std::get<PathAutomaton>(built).states.size(), 1 + 2 + 2 + 50 + 1U);
}

}  // namespace
}  // namespace bailiff::policy
