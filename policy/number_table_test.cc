// SPDX-License-Identifier: Apache-2.0
#include "policy/number_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bailiff::policy {
namespace {

TEST(NumberTable, TellsThingsOfOneHashApart) {
    const std::vector<std::string> things = {"one", "two", "three"};
    NumberTable table;
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < things.size(); i++) {
            const auto [number, is_new] =
                table.FindOrAdd(42, i, [&](uint32_t known) { return things[known] == things[i]; });
            EXPECT_EQ(number, i);
            EXPECT_EQ(is_new, round == 0);
        }
    }
}

TEST(NumberTable, FindsAllAfterGrowing) {
    NumberTable table;
    for (uint32_t i = 0; i < 200'000; i++) {
        const uint32_t thing = i % 100'000;
        const auto found = table.FindOrAdd(MixHash(0, thing), thing,
                                           [&](uint32_t known) { return known == thing; });
        ASSERT_EQ(found, std::pair(thing, i < 100'000));
    }
}

TEST(NumberTable, HashesEveryByte) {
    std::string bytes(40, 'a');
    const uint64_t hash = HashBytes(bytes);
    for (char& byte : bytes) {
        byte = 'b';
        EXPECT_NE(HashBytes(bytes), hash);
        byte = 'a';
    }
    EXPECT_NE(HashBytes(bytes + '\0'), hash);
}

}  // namespace
}  // namespace bailiff::policy
