// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// One transition at a time: which edge is taken first, and that every machine ends.
#include "policy/image_seam.h"
// after the seam
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "decide/transition.h"
#include "policy/classify.h"
#include "policy/testing/compile_text.h"

namespace bailiff::decide::testing {
namespace {

using policy::Image;
using policy::ImageView;

// The longest run of the machine: 32 words and the end of them, 8 entries with 4 blocks of name to
// compare each, the miss, 255 bytes and the end of them.
constexpr int kStepsMax = 33 + 8 * 5 + 1 + 256;

blf_transition Go(const ImageView& image, uint32_t from, const std::string& name) {
    blf_transition t{};
    t.state = from;
    blf_name words{};
    std::memcpy(words.word, name.data(), name.size());
    blf_transition_begin(&t, static_cast<uint32_t>(name.size()));
    int steps = 0;
    while (t.mode != BLF_MODE_DONE && steps++ <= kStepsMax) {
        blf_transition_step(&t, &image, &image.root(), &words);
    }
    EXPECT_LE(steps, kStepsMax);
    return t;
}

// The rules that the state at the end of the path accepts.
std::vector<uint32_t> RulesAt(const ImageView& image, const std::vector<std::string>& path) {
    uint32_t state = image.root().object_root;
    for (const std::string& name : path) {
        blf_transition t = Go(image, state, name);
        EXPECT_EQ(t.reason, 0U);
        state = t.state;
    }
    std::vector<uint32_t> rules;
    for (blf_source source : image.Sources(state)) rules.push_back(source.rule);
    return rules;
}

Image OneRuleEach(const std::vector<std::string>& paths) {
    std::string text = policy::testing::Head("p");
    for (const std::string& path : paths) text += "- { deny: file.open, path: \"" + path + "\" }\n";
    return policy::testing::CompileText(text);
}

using Rules = std::vector<uint32_t>;

TEST(Transition, TakesTheLiteralThenTheGlobThenTheDefault) {
    const Image image = OneRuleEach({"/ab", "/a*", "/*"});
    EXPECT_EQ(RulesAt(image.view(), {"ab"}), (Rules{0, 1, 2}));
    EXPECT_EQ(RulesAt(image.view(), {"ac"}), (Rules{1, 2}));
    EXPECT_EQ(RulesAt(image.view(), {"b"}), (Rules{2}));
}

TEST(Transition, WithoutAnyOtherEdgeIsDead) {
    const Image image = OneRuleEach({"/ab/c"});
    const uint32_t root = image.view().root().object_root;
    EXPECT_EQ(Go(image.view(), root, "x").state, BLF_DEAD);
    EXPECT_NE(Go(image.view(), root, "ab").state, BLF_DEAD);
}

TEST(Transition, DeadStaysDead) {
    const Image image = OneRuleEach({"/**", "/a", "/?"});
    for (const char* name : {"a", "bb", "ccc"}) {
        EXPECT_EQ(Go(image.view(), BLF_DEAD, name).state, BLF_DEAD);
    }
}

TEST(Transition, DoesNothingOnceDone) {
    const Image image = OneRuleEach({"/a"});
    const ImageView view = image.view();
    blf_transition t = Go(view, view.root().object_root, "a");
    const blf_transition before = t;
    blf_name name{};
    blf_transition_step(&t, &view, &view.root(), &name);
    EXPECT_EQ(std::memcmp(&t, &before, sizeof(t)), 0);
}

TEST(Transition, AGlobSeesEveryByte) {
    const Image image = OneRuleEach({"/*x", "/y*", "/?[!a]"});
    const std::string filler(253, 'f');
    EXPECT_EQ(RulesAt(image.view(), {"y" + filler + "x"}), (Rules{0, 1}));
    EXPECT_EQ(RulesAt(image.view(), {filler + "x"}), (Rules{0}));
    EXPECT_EQ(RulesAt(image.view(), {"\xff\x80"}), (Rules{2}));
    EXPECT_EQ(RulesAt(image.view(), {"ya"}), (Rules{1}));
}

// Cut anywhere, an image leads nowhere or says so; it never leads out of itself.
TEST(Transition, ACutImageEndsEveryMachine) {
    const Image image = OneRuleEach({"/ab/*", "/a*/**/x", "/" + std::string(200, 'n') + "/y"});
    const blf_root root = image.view().root();
    for (size_t length = BLF_BLOCK_SECTIONS; length < image.blocks.size(); length++) {
        const ImageView cut(std::span(image.blocks).first(length));
        for (const std::string& name :
             {std::string("ab"), std::string("zz"), std::string(200, 'n')}) {
            const blf_transition t = Go(cut, root.object_root, name);
            if (length <= root.bucket_first) {
                EXPECT_EQ(t.reason, uint32_t{BLF_REASON_BAD_IMAGE});
            }
        }
    }
}

TEST(Classify, RefusesWhatIsTooLongOrTooDeep) {
    const Image image = OneRuleEach({"/**"});
    const uint32_t root = image.view().root().object_root;
    const std::vector<std::string> deepest(BLF_DEPTH_MAX, "d");
    EXPECT_EQ(policy::Classify(image.view(), root, deepest).reason, 0U);
    EXPECT_NE(policy::Classify(image.view(), root, deepest).state, BLF_DEAD);
    const std::vector<std::string> deeper(BLF_DEPTH_MAX + 1, "d");
    EXPECT_EQ(policy::Classify(image.view(), root, deeper).reason, uint32_t{BLF_REASON_TOO_DEEP});
    EXPECT_EQ(policy::Classify(image.view(), root, {std::string(255, 'd')}).reason, 0U);
    EXPECT_EQ(policy::Classify(image.view(), root, {std::string(256, 'd')}).reason,
              uint32_t{BLF_REASON_TOO_LONG});
}

}  // namespace
}  // namespace bailiff::decide::testing
