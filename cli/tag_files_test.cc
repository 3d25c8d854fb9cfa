// SPDX-License-Identifier: Apache-2.0
#include "cli/tag_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bailiff::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kTwoRules[] =
    "{bailiff: 1, policy: p, rules: [{deny: file.read, path: /a/one}, "
    "{deny: file.write, path: /a/two}]}\n";

const std::vector<policy::NamedFile> kOneFile = {{"/a/one", 7, 8, 9}, {"/a/two", 7, 8, 9}};

Compiled TwoRules() {
    Compiled compiled = CompileSources({{"p.yaml", kTwoRules}}, Links::kAsWritten);
    EXPECT_TRUE(compiled.image);
    return compiled;
}

TEST(TagKnownFiles, JoinsTheRulesForAFileOfTwoNames) {
    Compiled compiled = TwoRules();
    const size_t before = compiled.image->blocks.size();
    ASSERT_TRUE(TagKnownFiles(&compiled, Links::kAsWritten, kOneFile));
    EXPECT_GT(compiled.image->blocks.size(), before);
}

TEST(TagKnownFiles, WhatDoesNotFitWhenJoinedIsTheirMistakeAndNamesThem) {
    Compiled compiled = TwoRules();
    policy::CompileLimits limits;
    limits.blocks = compiled.image->blocks.size() - 1;
    const Status tagged = TagKnownFiles(&compiled, Links::kAsWritten, kOneFile, limits);
    ASSERT_FALSE(tagged);
    EXPECT_EQ(tagged.error().kind, ErrorKind::kPolicy);
    EXPECT_THAT(tagged.error().message,
                StartsWith("the rules for the names of one file, as /a/one and /a/two, cannot be "
                           "joined: the image is larger than "));
    EXPECT_THAT(tagged.error().remedy, HasSubstr("name each file once"));
}

TEST(TagKnownFiles, InodesThatDoNotFitAreTheirMistakeToo) {
    Compiled compiled = TwoRules();
    policy::CompileLimits limits;
    limits.blocks = compiled.image->blocks.size();
    const Status tagged =
        TagKnownFiles(&compiled, Links::kAsWritten, {{"/a/one", 7, 8, 9}}, limits);
    ASSERT_FALSE(tagged);
    EXPECT_EQ(tagged.error().kind, ErrorKind::kPolicy);
    EXPECT_THAT(tagged.error().remedy, HasSubstr("name directories"));
}

}  // namespace
}  // namespace bailiff::cli
