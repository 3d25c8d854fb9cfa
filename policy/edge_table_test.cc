// SPDX-License-Identifier: Apache-2.0
#include "policy/edge_table.h"

#include <gtest/gtest.h>

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

bool Holds(const blf_block& bucket, const blf_edge& edge) {
    for (size_t i = 0; i < 4; i++) {
        if (std::memcmp(&bucket.word[i * 2], &edge, sizeof(edge)) == 0) return true;
    }
    return false;
}

bool Found(const std::vector<blf_block>& buckets, const NamedEdge& edge) {
    const uint64_t mix = blf_bucket_mix(edge.hash, edge.edge.from);
    const auto count = static_cast<uint32_t>(buckets.size());
    return Holds(buckets[blf_bucket(mix, 0, count)], edge.edge) ||
           Holds(buckets[blf_bucket(mix, 1, count)], edge.edge);
}

TEST(EdgeTable, EveryEdgeLiesInOneOfItsBuckets) {
    for (uint32_t count : {1U, 2U, 8U, 9U, 100U, 100'000U}) {
        const std::vector<NamedEdge> edges = MakeEdges(count);
        const auto buckets = PlaceEdges(edges);
        ASSERT_TRUE(buckets);
        for (const NamedEdge& edge : edges) ASSERT_TRUE(Found(*buckets, edge)) << count;
    }
}

TEST(EdgeTable, IsThreeQuartersFull) {
    const auto buckets = PlaceEdges(MakeEdges(100'000));
    ASSERT_TRUE(buckets);
    const double fill = 100'000.0 / (4.0 * static_cast<double>(buckets->size()));
    EXPECT_GT(fill, 0.70);
    EXPECT_LT(fill, 0.80);
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
