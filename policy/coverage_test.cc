// SPDX-License-Identifier: Apache-2.0
#include "policy/coverage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "decide/testing/oracle.h"
#include "policy/testing/compile_text.h"

namespace bailiff::policy {
namespace {

std::optional<bool> Covers(const std::vector<std::string>& outer,
                           const std::vector<std::string>& inner, size_t steps = 10'000'000) {
    Work work(steps);
    return CoversPaths(testing::ReadPatterns(outer), testing::ReadPatterns(inner), &work);
}

TEST(Coverage, IsOfPathsNotOfTexts) {
    const struct {
        std::vector<std::string> outer, inner;
        bool covers;
    } cases[] = {
        {{"/usr/**"}, {"/usr/bin/*"}, true},
        {{"/usr/*"}, {"/usr/bin/*"}, false},
        {{"/usr/**"}, {"/usr"}, false},
        {{"/**"}, {"/a", "/b/**", "/**/x"}, true},
        {{"/**"}, {"/"}, false},
        {{"/a", "/b"}, {"/{a,b}"}, true},
        {{"/a", "/b"}, {"/[abc]"}, false},
        {{"/[a-m]*", "/[!a-m]*"}, {"/*"}, true},
        {{"/?*"}, {"/*"}, true},
        {{"/??*", "/?"}, {"/*"}, true},
        {{"/??*", "/[!x]"}, {"/*"}, false},
        {{"/a*b*"}, {"/a?b", "/ab"}, true},
        {{"/a/**/b"}, {"/a/b", "/a/*/b", "/a/x/**/b"}, true},
        {{"/a/*/**/b"}, {"/a/**/b"}, false},
        // Only names that have edges of their own lead to the glob.
        {{"/x/a", "/x/b", "/x/c"}, {"/x/[a-c]"}, true},
        // No file is called so.
        {{"/[!.]*", "/.?*"}, {"/*"}, true},
        {{"/[!.]*", "/.[!.]*"}, {"/*"}, false},
        {{"/[!.]*", "/.[!.]*", "/..?*"}, {"/*"}, true},
        // In a lost tree only what begins with `**` matches.
        {{"/x", "/*/**/x"}, {"/**/x"}, false},
        {{"/**/x", "/y"}, {"/**/x"}, true},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(Covers(c.outer, c.inner), c.covers) << c.outer[0] << " " << c.inner[0];
    }
}

std::optional<bool> Some(const std::vector<std::vector<std::string>>& within,
                         const std::vector<std::string>& without, Trees trees) {
    // Behind a `!`: a pattern outside of which a path must be.
    const auto read = [](const std::vector<std::string>& texts) {
        std::vector<PathPattern> patterns;
        for (const std::string& text : texts) {
            const bool outside = text.starts_with('!');
            patterns.push_back(testing::ReadPatterns({text.substr(outside ? 1 : 0)})[0]);
            patterns.back().outside = outside;
        }
        return patterns;
    };
    std::vector<std::vector<PathPattern>> lists;
    for (const auto& texts : within) lists.push_back(read(texts));
    std::vector<const std::vector<PathPattern>*> pointers;
    for (const auto& list : lists) pointers.push_back(&list);
    const std::vector<PathPattern> unwanted = read(without);
    Work work(10'000'000);
    return SomePathIs(pointers, &unwanted, trees, &work);
}

TEST(Coverage, OfSeveralListsAndTheirOutside) {
    constexpr Trees kMounted = Trees::kMounted;
    EXPECT_EQ(Some({}, {"/", "/**"}, kMounted), false);
    EXPECT_EQ(Some({}, {"/", "/**"}, Trees::kAll), true) << "the root of a lost tree";
    EXPECT_EQ(Some({}, {"/**"}, kMounted), true);
    EXPECT_EQ(Some({}, {"/a/**", "!/a/**"}, kMounted), false);
    EXPECT_EQ(Some({}, {"/a/*", "!/a/**"}, kMounted), true);
    EXPECT_EQ(Some({{"/a/*"}, {"/*/b"}}, {}, kMounted), true);
    EXPECT_EQ(Some({{"/a/*"}, {"/*/b"}}, {"/a/b"}, kMounted), false);
    EXPECT_EQ(Some({{"/a/*"}, {"!/a/**"}}, {}, kMounted), false);
    EXPECT_EQ(Some({{"/a/**"}, {"!/a/*"}}, {}, kMounted), true);
    EXPECT_EQ(Some({{"/a"}, {"/b"}}, {}, kMounted), false);
    EXPECT_EQ(Some({{"/"}, {"!/a"}}, {}, kMounted), true);
}

TEST(Coverage, IsUnknownWhenTheWorkIsSpent) {
    EXPECT_EQ(Covers({"/**/a*"}, {"/b/**/ab*"}, 50), std::nullopt);
}

// All patterns of one or two components, all paths of up to three: against the oracle.
TEST(Coverage, AgreesWithTheOracle) {
    const std::vector<std::string> alphabet = {"a", "b", "*", "?", "[ab]", "a*", "?*", "**"};
    std::vector<std::string> texts;
    for (const std::string& one : alphabet) {
        texts.push_back("/" + one);
        for (const std::string& two : alphabet) {
            if (one != "**" || two != "**") texts.push_back("/" + one + "/" + two);
        }
    }
    std::vector<decide::testing::OraclePath> paths = {{}};
    for (size_t i = 0; i < paths.size() && paths[i].components.size() < 3; i++) {
        for (const char* name : {"a", "b", "ab", "c", "cc"}) {
            paths.push_back(paths[i]);
            paths.back().components.emplace_back(name);
        }
    }
    for (size_t i = 0, count = paths.size(); i < count; i++) {
        paths.push_back({paths[i].components, true});
    }
    const std::vector<PathPattern> patterns = testing::ReadPatterns(texts);
    for (const PathPattern& outer : patterns) {
        for (const PathPattern& inner : patterns) {
            Work work(1'000'000);
            const bool expected = std::ranges::all_of(paths, [&](const auto& path) {
                return !OracleMatches(inner, path) || OracleMatches(outer, path);
            });
            ASSERT_EQ(CoversPaths({outer}, {inner}, &work), expected)
                << outer.text << " over " << inner.text;
        }
    }
}

}  // namespace
}  // namespace bailiff::policy
