// SPDX-License-Identifier: Apache-2.0
#include "policy/image.h"

#include <gtest/gtest.h>

#include <span>
#include <string>

#include "fmt/format.h"
#include "policy/testing/compile_text.h"

namespace bailiff::policy {
namespace {

Image Small() {
    return testing::CompileText(testing::Head("p") + "- { deny: file.read, path: /a/b }\n");
}

blf_index& IndexOf(Image& image) {
    return *reinterpret_cast<blf_index*>(&image.blocks[BLF_BLOCK_INDEX]);
}

TEST(Image, OursIsValid) {
    EXPECT_TRUE(Small().view().Validate());
}

TEST(Image, OfAnotherMagicIsRefused) {
    Image image = Small();
    IndexOf(image).magic++;
    EXPECT_EQ(image.view().Validate().error().message, "not a bailiff image");
}

TEST(Image, OfAnotherVersionIsRefused) {
    Image image = Small();
    IndexOf(image).version++;
    const Status status = image.view().Validate();
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message, fmt::format("image version {}, this program reads {}",
                                                  BLF_IMAGE_VERSION + 1, BLF_IMAGE_VERSION));
    EXPECT_NE(status.error().remedy, "");
}

TEST(Image, CutShortIsRefused) {
    const Image image = Small();
    for (size_t length = 0; length < image.blocks.size(); length++) {
        EXPECT_FALSE(ImageView(std::span(image.blocks).first(length)).Validate()) << length;
    }
}

TEST(Image, WithCountersOutsideIsRefused) {
    Image image = Small();
    IndexOf(image).counter_first = IndexOf(image).blocks + 1;
    EXPECT_FALSE(image.view().Validate());
}

TEST(Image, DigestHasNeitherGenerationNorCounters) {
    Image image = Small();
    const Digest digest = image.view().stored_digest();
    EXPECT_EQ(image.view().ComputeDigest(), digest);
    image.set_generation(42);
    EXPECT_EQ(image.view().root().generation, 42U);
    image.blocks.back().word[0] = 7;
    EXPECT_EQ(image.view().ComputeDigest(), digest);
}

TEST(Image, DigestHasEverythingElse) {
    Image image = Small();
    const Digest digest = image.view().stored_digest();
    for (uint32_t i = 0; i < image.view().index().counter_first; i++) {
        if (i == BLF_BLOCK_DIGEST || i == BLF_BLOCK_ROOT) continue;
        image.blocks[i].word[7] ^= 1;
        EXPECT_NE(image.view().ComputeDigest(), digest) << i;
        image.blocks[i].word[7] ^= 1;
    }
}

TEST(Image, ReadsNothingOutside) {
    const Image image = Small();
    const ImageView view = image.view();
    EXPECT_EQ(view.block(view.index().blocks), nullptr);
    EXPECT_EQ(view.text(0xfffffff0), "");
    EXPECT_EQ(view.rule(0x10000000).line, 0U);
    EXPECT_EQ(view.RuleOf(0x10000000, 0), BLF_NONE);
    EXPECT_FALSE(view.HasBit(0x10000000, 0));
}

TEST(Image, DigestAsHex) {
    Digest digest{};
    digest[0] = 0x0a;
    digest[31] = 0xff;
    EXPECT_EQ(ToHex(digest), "0a" + std::string(60, '0') + "ff");
}

}  // namespace
}  // namespace bailiff::policy
