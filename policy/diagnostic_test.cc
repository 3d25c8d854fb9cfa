// SPDX-License-Identifier: Apache-2.0
#include "policy/diagnostic.h"

#include <gtest/gtest.h>

#include <string>

namespace bailiff::policy {
namespace {

std::string RenderAt(const std::string& text, Span where, std::string hint = {}) {
    Diagnostics diagnostics;
    diagnostics.Error(where, "wrong", std::move(hint));
    return diagnostics.Render({{"f", text}});
}

TEST(Diagnostics, ShowsTheLineTheCaretAndTheHint) {
    EXPECT_EQ(RenderAt("a\n  - deny: file.opne\nb\n", {0, 2, 11, 9}, "did you mean `file.open`?"),
              "f:2:11: error: wrong\n"
              "    2 |   - deny: file.opne\n"
              "      |           ^~~~~~~~~ did you mean `file.open`?\n");
}

TEST(Diagnostics, SortsByPlaceAndKeepsTheOrderAtOnePlace) {
    Diagnostics diagnostics;
    diagnostics.Error({1, 1, 1, 1}, "d");
    diagnostics.Error({0, 2, 1, 1}, "b");
    diagnostics.Warning({0, 2, 1, 1}, "c");
    diagnostics.Error({0, 1, 2, 1}, "a");
    EXPECT_EQ(diagnostics.Render({{"f", "xy\nz"}, {"g", "w\r\n"}}),
              "f:1:2: error: a\n    1 | xy\n      |  ^\n"
              "f:2:1: error: b\n    2 | z\n      | ^\n"
              "f:2:1: warning: c\n    2 | z\n      | ^\n"
              "g:1:1: error: d\n    1 | w\n      | ^\n");
}

TEST(Diagnostics, OnlyErrorsAreErrors) {
    Diagnostics diagnostics;
    EXPECT_FALSE(diagnostics.has_errors());
    diagnostics.Warning({}, "mind");
    EXPECT_FALSE(diagnostics.has_errors());
    diagnostics.Error({}, "stop");
    EXPECT_TRUE(diagnostics.has_errors());
}

TEST(Diagnostics, EscapesWhatWouldActOnATerminal) {
    EXPECT_EQ(RenderAt("\x1b]0;x\x07 \xff \xe2\x80\xae"
                       "ok",
                       {0, 1, 8, 1}),
              "f:1:8: error: wrong\n"
              "    1 | \\x1b]0;x\\x07 \\xff \\u202eok\n"
              "      |              ^~~~\n");
    Diagnostics diagnostics;
    diagnostics.Error({}, "a\nb", "c\x1b");
    EXPECT_EQ(diagnostics.Render({{"f\n", "x"}}),
              "f\\x0a:1:1: error: a\\x0ab\n    1 | x\n      | ^ c\\x1b\n");
}

TEST(Diagnostics, CountsCharactersNotBytesForTheCaret) {
    EXPECT_EQ(RenderAt("\xc3\xa4\t\xc3\xb6x", {0, 1, 4, 2}),
              "f:1:4: error: wrong\n    1 | \xc3\xa4 \xc3\xb6x\n      |   ^\n");
}

TEST(Diagnostics, ShortensLongLinesAroundTheCaret) {
    const std::string text = std::string(300, 'a') + "HERE" + std::string(300, 'b');
    EXPECT_EQ(RenderAt(text, {0, 1, 301, 4}),
              "f:1:301: error: wrong\n    1 | ..." + std::string(60, 'a') + "HERE" +
                  std::string(33, 'b') + "...\n      | " + std::string(63, ' ') + "^~~~\n");
}

TEST(Diagnostics, ToleratesPlacesThatTheTextDoesNotHave) {
    EXPECT_EQ(RenderAt("ab", {0, 1, 3, 1}), "f:1:3: error: wrong\n    1 | ab\n      |   ^\n");
    EXPECT_EQ(RenderAt("ab", {0, 9, 9, 9}), "f:9:9: error: wrong\n    9 |\n      | ^\n");
    EXPECT_EQ(RenderAt("ab", {7, 1, 1, 1}), "error: wrong\n");
    EXPECT_EQ(RenderAt("", {0, 1, 1, 0}), "f:1:1: error: wrong\n    1 |\n      | ^\n");
}

TEST(Diagnostics, ShowsAHundredAndCountsTheRest) {
    Diagnostics diagnostics;
    for (int i = 0; i < 103; ++i) diagnostics.Error({}, "wrong");
    const std::string text = diagnostics.Render({{"f", "x"}});
    EXPECT_TRUE(text.ends_with("      | ^\n... and 3 more\n")) << text;
}

}  // namespace
}  // namespace bailiff::policy
