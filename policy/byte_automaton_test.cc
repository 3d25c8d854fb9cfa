// SPDX-License-Identifier: Apache-2.0
#include "policy/byte_automaton.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "fmt/format.h"
#include "policy/testing/compile_text.h"

namespace bailiff::policy {
namespace {

std::vector<Glob> Globs(const std::vector<std::string>& texts) {
    std::vector<Glob> globs;
    for (const std::string& text : texts) {
        globs.push_back(testing::ReadPatterns({"/" + text})[0].components[0].choices.at(0));
    }
    return globs;
}

// One line a state: where each class leads by one of its bytes (`.` stands for the bytes that no
// glob names), and the globs that match there.
std::optional<ByteAutomaton> Build(const std::vector<Glob>& globs, size_t steps = 100'000'000) {
    std::vector<const Glob*> pointers;
    for (const Glob& glob : globs) pointers.push_back(&glob);
    Work work(steps);
    return BuildByteAutomaton(pointers, &work);
}

std::string Dump(const ByteAutomaton& automaton) {
    std::string text;
    for (size_t state = 0; state < automaton.accept.size(); state++) {
        text += std::to_string(state);
        std::vector<bool> told(automaton.classes);
        told[automaton.class_of['~']] = true;
        const size_t row = state * automaton.classes;
        for (unsigned byte = 'a'; byte <= 'z'; byte++) {
            const uint8_t byte_class = automaton.class_of[byte];
            if (told[byte_class]) continue;
            told[byte_class] = true;
            text +=
                fmt::format(" {}>{}", static_cast<char>(byte), automaton.table[row + byte_class]);
        }
        text += fmt::format(" .>{}", automaton.table[row + automaton.class_of['~']]);
        if (automaton.accept[state] != 0) {
            text += " match";
            for (uint32_t glob : automaton.matches[automaton.accept[state] - 1U]) {
                text += fmt::format(" {}", glob);
            }
        }
        text += '\n';
    }
    return text;
}

struct Case {
    std::vector<std::string> globs;
    const char* dump;
};

const Case kCases[] = {
    {{"a*"}, "0 a>2 .>1\n1 a>1 .>1\n2 a>2 .>2 match 0\n"},
    {{"*a"}, "0 a>1 .>0\n1 a>1 .>0 match 0\n"},
    {{"?"}, "0 .>1\n1 .>2 match 0\n2 .>2\n"},
    {{"[ab]?", "a[bc]"},
     "0 a>2 b>3 c>1 .>1\n1 a>1 b>1 c>1 .>1\n2 a>4 b>5 c>5 .>4\n3 a>4 b>4 c>4 .>4\n"
     "4 a>1 b>1 c>1 .>1 match 0\n5 a>1 b>1 c>1 .>1 match 0 1\n"},
};

TEST(ByteAutomaton, Tables) {
    for (const Case& c : kCases) {
        const auto automaton = Build(Globs(c.globs));
        ASSERT_TRUE(automaton);
        EXPECT_EQ(Dump(*automaton), c.dump) << c.globs[0];
    }
}

TEST(ByteAutomaton, OfNothingMatchesNothing) {
    const auto automaton = Build({});
    ASSERT_TRUE(automaton);
    EXPECT_EQ(automaton->classes, 1U);
    EXPECT_TRUE(automaton->matches.empty());
}

TEST(ByteAutomaton, GivesUpOnGlobsThatMultiply) {
    std::vector<std::string> globs;
    for (char first = 'a'; first <= 'z'; first++) {
        globs.push_back(std::string("*") + first + "*" + static_cast<char>('A' + first - 'a') +
                        "*");
    }
    EXPECT_FALSE(Build(Globs(globs)));
}

TEST(ByteAutomaton, GivesUpWhenTheWorkIsSpent) {
    EXPECT_TRUE(Build(Globs({"*a*b*"}), 200));
    EXPECT_FALSE(Build(Globs({"*a*b*"}), 20));
}

TEST(ByteAutomaton, RunsOverAName) {
    const auto automaton = Build(Globs({"*.key", "[ab]*"}));
    ASSERT_TRUE(automaton);
    EXPECT_EQ(automaton->Run("c"), 0);
    const uint16_t both = automaton->Run("a.key");
    ASSERT_NE(both, 0);
    EXPECT_EQ(automaton->matches[both - 1U], (std::vector<uint32_t>{0, 1}));
}

}  // namespace
}  // namespace bailiff::policy
