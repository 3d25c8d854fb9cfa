// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The first look at a name never says no where a rule is about it, whatever the policy.
#include "policy/image_seam.h"
// after the seam
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "decide/filter.h"
#include "decide/testing/generate.h"
#include "decide/verdict.h"
#include "policy/classify.h"
#include "policy/edge_table.h"
#include "policy/testing/compile_text.h"

namespace bailiff::decide::testing {
namespace {

using policy::ImageView;

uint32_t Next(const ImageView& image, uint32_t from, const std::string& name) {
    const policy::PathClass next = policy::Step(image, from, name);
    EXPECT_EQ(next.reason, 0U);
    return next.state;
}

bool MayConcern(const ImageView& image, uint32_t state, const std::string& name) {
    return (blf_filter_of(&image, &image.index(), state) & policy::FilterBit(name)) != 0;
}

// How many of the names it says no to; no such name may reach a rule.
int Compare(const ImageView& image, const std::vector<std::string>& names) {
    int no = 0;
    for (uint32_t state = 0; state < image.state_count(); state++) {
        for (const std::string& name : names) {
            if (MayConcern(image, state, name)) continue;
            no++;
            EXPECT_EQ(blf_path_vector(&image, &image.root(), Next(image, state, name)), 0U)
                << "state " << state << ", name " << name;
        }
    }
    return no;
}

TEST(Filter, NeverHidesARule) {
    int no = 0;
    for (uint64_t seed = 0; seed < 300; seed++) {
        Generator generator(seed);
        const std::vector<policy::Policy> policies = generator.Policies();
        policy::Diagnostics diagnostics;
        const auto image = policy::Compile(policies, {{"model", ""}}, &diagnostics);
        if (!image) continue;
        std::vector<std::string> names = {"a", "secret", "unheard-of", std::string(255, 'n')};
        for (const blf_edge& edge : image->view().Edges()) {
            names.push_back(image->view().Name(edge.name & ~BLF_EDGE_ELSEWHERE));
        }
        if (names.size() > 60) names.resize(60);
        no += Compare(image->view(), names);
        if (HasFailure()) FAIL() << "seed " << seed;
    }
    EXPECT_GT(no, 1000);
}

TEST(Filter, AnswersForNearlyAllNamesBesideAFewRules) {
    const policy::Image image = policy::testing::CompileText(
        policy::testing::Head("p") + "- { deny: file.open, path: [/etc/shadow, /etc/ssh/key] }\n");
    const ImageView view = image.view();
    const uint32_t etc = Next(view, view.root().object_root, "etc");
    int no = 0;
    for (int i = 0; i < 1000; i++) no += !MayConcern(view, etc, "file" + std::to_string(i));
    EXPECT_GT(no, 950);
    EXPECT_TRUE(MayConcern(view, etc, "shadow"));
    // A directory on the way is no rule's object, nor is anything below a file.
    EXPECT_FALSE(MayConcern(view, etc, "ssh"));
    EXPECT_FALSE(MayConcern(view, Next(view, etc, "shadow"), "shadow"));
}

TEST(Filter, GlobsAndDefaultsNeedACloserLook) {
    const policy::Image image =
        policy::testing::CompileText(policy::testing::Head("p") +
                                     "- { deny: file.open, path: [/g/a*, /d/*, /deep/**] }\n"
                                     "- { deny: file.open, name: secret }\n");
    const ImageView view = image.view();
    const uint32_t root = view.root().object_root;
    for (const char* name : {"g", "d", "deep"}) {
        EXPECT_TRUE(MayConcern(view, Next(view, root, name), "unheard-of")) << name;
    }
    // `name:` follows everywhere and concerns its own name only.
    EXPECT_FALSE(MayConcern(view, Next(view, root, "elsewhere"), "unheard-of"));
    EXPECT_TRUE(MayConcern(view, Next(view, root, "elsewhere"), "secret"));
}

TEST(Filter, BytesBehindTheEndDoNotCount) {
    EXPECT_EQ(blf_filter_bit(0x4242424242426161ULL, 2), blf_filter_bit(0x6161ULL, 2));
    EXPECT_EQ(blf_filter_bit(0x4242424242424242ULL, 0), blf_filter_bit(0, 0));
}

}  // namespace
}  // namespace bailiff::decide::testing
