// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "policy/explain.h"
#include "policy/testing/compile_text.h"

namespace bailiff::policy {
namespace {

// A rule about the descendants of each.
Image About(const std::vector<std::string>& ancestors) {
    std::string text;
    for (const std::string& one : ancestors) {
        text += "---\nbailiff: 1\npolicy: " + one + "\napplies-to: { descendant-of: /" + one +
                " }\nrules:\n- { deny: file.read, path: /" + one + ".key }\n";
    }
    return testing::CompileText(text);
}

uint64_t BitOf(const Image& image, const std::string& ancestor) {
    const uint32_t start = image.view().dimension(BLF_BY_LINEAGE).first;
    return image.view().Lineages(Classify(image.view(), start, {ancestor}).state);
}

bool Denies(const Image& image, const std::string& path, const std::string& ancestor) {
    const auto said =
        Explain(image.view(),
                {.ask = BLF_ASK_FILE_OPEN_READ, .path = path, .who = {.ancestors = {ancestor}}});
    EXPECT_TRUE(said);
    return said && said->error != 0;
}

TEST(Lineages, AListKeepsItsBit) {
    Image first = About({"a", "b", "c"});
    first.CarryLineages(EmptyImage().view(), 1);
    Image second = About({"c", "d", "b"});
    second.CarryLineages(first.view(), 2);
    EXPECT_EQ(BitOf(second, "b"), BitOf(first, "b"));
    EXPECT_EQ(BitOf(second, "c"), BitOf(first, "c"));
    EXPECT_NE(BitOf(second, "d"), 0U);
    EXPECT_NE(BitOf(second, "d"), BitOf(second, "b"));
    EXPECT_EQ(second.view().index().lineage_newest, 2U);
    for (uint32_t bit = 0; bit < BLF_LINEAGES_MAX; bit++) {
        const blf_lineage_list list = second.view().lineage_list(bit);
        const bool is_new = BitOf(second, "d") == uint64_t{1} << bit;
        EXPECT_EQ(list.since, list.key == 0 ? 0U : is_new ? 2U : 1U) << bit;
    }
}

// The image before may come back.
TEST(Lineages, ANewListTakesNoBitOfTheImageBefore) {
    Image first = About({"a", "b"});
    first.CarryLineages(EmptyImage().view(), 1);
    Image second = About({"c"});
    second.CarryLineages(first.view(), 2);
    EXPECT_NE(BitOf(second, "c"), BitOf(first, "a"));
    EXPECT_NE(BitOf(second, "c"), BitOf(first, "b"));
}

TEST(Lineages, AllBitsCanBeTaken) {
    std::vector<std::string> names;
    for (int i = 0; i < BLF_LINEAGES_MAX; i++) names.push_back("a" + std::to_string(i));
    Image first = About(names);
    first.CarryLineages(EmptyImage().view(), 1);
    for (std::string& name : names) name += "b";
    Image second = About(names);
    second.CarryLineages(first.view(), 2);
    EXPECT_TRUE(Denies(second, "/a63b.key", "/a63b"));
    EXPECT_FALSE(Denies(second, "/a63b.key", "/a62b"));
}

TEST(Lineages, WhatIsCarriedDecidesAsBefore) {
    Image first = About({"a", "b", "c"});
    first.CarryLineages(EmptyImage().view(), 1);
    Image second = About({"x", "c", "y", "a"});
    second.CarryLineages(first.view(), 2);
    EXPECT_EQ(second.view().ComputeDigest(), second.view().stored_digest());
    for (const char* one : {"x", "c", "y", "a"}) {
        for (const char* other : {"x", "c", "y", "a", "b"}) {
            EXPECT_EQ(Denies(second, std::string("/") + one + ".key", std::string("/") + other),
                      std::string(one) == other)
                << one << " " << other;
        }
    }
}

TEST(Lineages, AnImageWithoutListsStaysAsItIs) {
    Image first = About({"a"});
    first.CarryLineages(EmptyImage().view(), 1);
    Image plain = testing::CompileText(testing::Head("p") + "- { deny: file.read, path: /a }\n");
    const Digest digest = plain.view().ComputeDigest();
    plain.CarryLineages(first.view(), 2);
    EXPECT_EQ(plain.view().ComputeDigest(), digest);
    EXPECT_EQ(plain.view().index().lineage_newest, 0U);
}

}  // namespace
}  // namespace bailiff::policy
