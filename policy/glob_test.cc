// SPDX-License-Identifier: Apache-2.0
//
// What globs match. Their syntax errors are in testdata/diagnostics/.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "policy/parse_glob.h"

namespace bailiff::policy {
namespace {

std::vector<Glob> Parse(std::string_view text) {
    Node node;
    node.kind = Node::Kind::kScalar;
    node.value = text;
    Diagnostics diagnostics;
    Work expansion(kExpansionWork);
    auto choices = ParseGlob(node, 0, text.size(), &expansion, &diagnostics);
    EXPECT_TRUE(choices) << text << ": " << diagnostics.Render({});
    return choices.value_or(std::vector<Glob>{});
}

bool Matches(std::string_view text, std::string_view name) {
    return std::ranges::any_of(Parse(text),
                               [&](const Glob& glob) { return MatchGlob(glob, name); });
}

TEST(Glob, Matches) {
    const struct {
        std::string_view glob, name;
        bool matches;
    } cases[] = {
        {"a", "a", true},
        {"a", "", false},
        {"a", "ab", false},
        {"*", "", true},
        {"*", ".hidden", true},
        {"a*", "a", true},
        {"*a", "ba", true},
        {"*a", "ab", false},
        {"*.key", "server.key", true},
        {"*.key", ".key", true},
        {"a*b*c", "aXbXbc", true},
        {"a*b*c", "aXbXb", false},
        {"*ab*", "aab", true},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"?", "\xc3\xa4", false},
        {"??", "\xc3\xa4", true},
        {"?", "\xff", true},
        {"[abc]", "b", true},
        {"[abc]", "d", false},
        {"[a-c]x", "bx", true},
        {"[!a-c]", "b", false},
        {"[^a-c]", "d", true},
        {"[!a]", "\xff", true},
        {"[!!]", "!", false},
        {"[a^]", "^", true},
        {"[-a]", "-", true},
        {"[a-]", "-", true},
        {"[\\]]", "]", true},
        {"[*?{,}]", ",", true},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"\\\\", "\\", true},
        {"\\xff", "\xff", true},
        {"\\xFf?", "\xff\x80", true},
        {"\\x2a", "*", true},
        {"\\x2a", "a", false},
        {"a\\x41b", "aAb", true},
        {"[\\x80-\\xff]", "\x80", true},
        {"[a-\\xff]", "\xff", true},
        {"[a-\\xff]", "Z", false},
        {"[!\\x80-\\xff]", "\xff", false},
        {"{\\xc3,\\xe4}*", "\xe4", true},
        {"{a,b}c", "bc", true},
        {"{a,b}c", "c", false},
        {"x{,y}", "x", true},
        {"id_{rsa,ed*}", "id_ed25519", true},
        {"{a{b,c},d}", "ac", true},
        {"{a{b,c},d}", "d", true},
        {"{a{b,c},d}", "ad", false},
        {"{a\\,b,c}", "a,b", true},
        {"{[,],x}", ",", true},
        {"a,b", "a,b", true},
    };
    for (const auto& c : cases) EXPECT_EQ(Matches(c.glob, c.name), c.matches) << c.glob << c.name;
}

TEST(Glob, ExpandsBracesAndDropsEqualChoices) {
    EXPECT_EQ(Parse("{a,b}{c,d}").size(), 4u);
    EXPECT_EQ(Parse("{a,[a]}").size(), 1u);
    EXPECT_EQ(Parse("{a*,b}{*c,d}")[0].size(), 3u);
}

TEST(Glob, KnowsLiteralsAndAnyName) {
    std::string name = "untouched";
    EXPECT_FALSE(IsLiteral(Parse("a*")[0], &name));
    EXPECT_FALSE(IsLiteral(Parse("[ab]")[0], &name));
    EXPECT_EQ(name, "untouched");
    EXPECT_TRUE(IsLiteral(Parse("a\\*[b]")[0], &name));
    EXPECT_EQ(name, "a*b");
    EXPECT_TRUE(IsAnyName(Parse("*")[0]));
    EXPECT_FALSE(IsAnyName(Parse("*a")[0]));
    EXPECT_FALSE(IsAnyName(Parse("?")[0]));
}

// The slow twin: all ways of dividing the name.
bool SlowMatch(const Glob& glob, size_t element, std::string_view name) {
    if (element == glob.size()) return name.empty();
    if (glob[element].star) {
        return SlowMatch(glob, element + 1, name) ||
               (!name.empty() && SlowMatch(glob, element, name.substr(1)));
    }
    return !name.empty() && glob[element].bytes[static_cast<unsigned char>(name[0])] &&
           SlowMatch(glob, element + 1, name.substr(1));
}

TEST(Glob, AgreesWithItsSlowTwin) {
    std::mt19937 random(20261123);
    auto word = [&](std::string_view letters, size_t longest) {
        std::string text;
        const size_t length = random() % (longest + 1);
        for (size_t i = 0; i < length; ++i) text += letters[random() % letters.size()];
        return text;
    };
    for (int i = 0; i < 100'000; ++i) {
        std::string text = "a" + word("aab*?", 7);
        text.erase(
            std::ranges::unique(text, [](char x, char y) { return x == '*' && y == '*'; }).begin(),
            text.end());
        const Glob glob = Parse(text)[0];
        const std::string name = "a" + word("ab", 8);
        ASSERT_EQ(MatchGlob(glob, name), SlowMatch(glob, 0, name)) << text << " " << name;
    }
}

TEST(Glob, ManyStarsAreNoBurden) {
    std::string text, name(255, 'a');
    for (int i = 0; i < 100; ++i) text += "a*";
    EXPECT_FALSE(MatchGlob(Parse(text + "b")[0], name));
}

}  // namespace
}  // namespace bailiff::policy
