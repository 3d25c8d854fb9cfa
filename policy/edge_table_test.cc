// SPDX-License-Identifier: Apache-2.0
#include "policy/edge_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "policy/image_seam.h"
// after the seam
#include "decide/name.h"

namespace bailiff::policy {
namespace {

std::vector<NamedEdge> MakeEdges(uint32_t count) {
    std::vector<NamedEdge> edges;
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t hash = HashName("name" + std::to_string(i / 3));
        edges.push_back(
            {.hash = hash,
             .edge = {.tag = blf_edge_tag(hash), .from = i % 3 + 1, .to = i + 1, .name = i}});
    }
    return edges;
}

bool Holds(const blf_block& bucket, const blf_edge& wanted) {
    for (size_t i = 0; i < 4; i++) {
        blf_edge edge;
        std::memcpy(&edge, &bucket.word[i * 2], sizeof(edge));
        edge.name &= ~BLF_EDGE_ELSEWHERE;
        if (std::memcmp(&edge, &wanted, sizeof(edge)) == 0) return true;
    }
    return false;
}

bool LeadsOn(const blf_block& bucket) {
    return (reinterpret_cast<const blf_edge*>(&bucket)->name & BLF_EDGE_ELSEWHERE) != 0;
}

// As decide/transition.h searches.
bool Found(const std::vector<blf_block>& buckets, const NamedEdge& edge) {
    const uint64_t mix = blf_bucket_mix(edge.hash, edge.edge.from);
    const auto count = static_cast<uint32_t>(buckets.size());
    const blf_block& first = buckets[blf_bucket(mix, 0, count)];
    if (Holds(first, edge.edge)) return true;
    return LeadsOn(first) && Holds(buckets[blf_bucket(mix, 1, count)], edge.edge);
}

TEST(EdgeTable, EveryEdgeIsFound) {
    for (uint32_t count : {1U, 2U, 8U, 9U, 100U, 100'000U}) {
        const std::vector<NamedEdge> edges = MakeEdges(count);
        const auto buckets = PlaceEdges(edges);
        ASSERT_TRUE(buckets);
        for (const NamedEdge& edge : edges) ASSERT_TRUE(Found(*buckets, edge)) << count;
    }
}

TEST(EdgeTable, IsHalfFullAndFewSearchesGoOn) {
    const auto buckets = PlaceEdges(MakeEdges(100'000));
    ASSERT_TRUE(buckets);
    EXPECT_EQ(buckets->size(), 50'000U);
    EXPECT_LT(std::ranges::count_if(*buckets, LeadsOn), 50'000 / 10);
}

TEST(EdgeTable, IsNeverWithoutABucket) {
    const auto buckets = PlaceEdges({});
    ASSERT_TRUE(buckets);
    EXPECT_EQ(buckets->size(), 1U);
    for (uint64_t word : buckets->at(0).word) EXPECT_EQ(word, 0U);
}

TEST(EdgeTable, IsTheSameEachTime) {
    const auto one = PlaceEdges(MakeEdges(5000));
    const auto two = PlaceEdges(MakeEdges(5000));
    ASSERT_TRUE(one && two && one->size() == two->size());
    EXPECT_EQ(std::memcmp(one->data(), two->data(), one->size() * sizeof(blf_block)), 0);
}

TEST(EdgeTable, GivesUpOnNineEqualHashes) {
    std::vector<NamedEdge> edges;
    for (uint32_t i = 0; i < 9; i++) edges.push_back({.hash = 42, .edge = {0, 1, i + 1, i}});
    EXPECT_FALSE(PlaceEdges(edges));
    edges.pop_back();
    EXPECT_TRUE(PlaceEdges(edges));
}

}  // namespace
}  // namespace bailiff::policy
