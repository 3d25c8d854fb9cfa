// SPDX-License-Identifier: Apache-2.0
#include "policy/tags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/asker.h"
#include "policy/image_seam.h"
#include "policy/testing/compile_text.h"
// after the seam
#include "decide/tag.h"
#include "decide/verdict.h"

namespace bailiff::policy {
namespace {

using ::testing::ElementsAre;

const std::string kTwoRules = testing::Head("p") +
                              "- { deny: file.read, path: [/a/one, /a/glob*, /**/deep] }\n"
                              "- { deny: file.read, path: /a/two, errno: EACCES }\n";

Image Tagged(const std::vector<NamedFile>& files) {
    Image image = testing::CompileText(kTwoRules);
    StateUnions unions = UnionsFor(image.view(), files);
    if (!unions.empty()) {
        const Sources sources = {{"p.yaml", kTwoRules}};
        Diagnostics diagnostics;
        image = Compile(testing::ReadText(sources), sources, &diagnostics, {}, unions).value();
    }
    EXPECT_TRUE(AddTags(&image, files, unions));
    return image;
}

uint32_t StateOf(const Image& image, blf_identity file) {
    const ImageView view = image.view();
    return blf_tag_state(&view, &view.root(), &file);
}

// What a read of a file of another name is answered.
blf_verdict Read(const Image& image, blf_identity file) {
    const ImageView view = image.view();
    blf_request request{};
    request.ask = BLF_ASK_FILE_OPEN_READ;
    request.object[BLF_TAGGED] = StateOf(image, file);
    blf_verdict verdict{};
    const blf_who who = Sift(view, blf_subject{});
    blf_decide(&verdict, &view, &view.root(), &request, &who);
    return verdict;
}

TEST(LiteralPaths, AreThoseWithoutAGlobEachOnce) {
    const Sources sources = {{"p.yaml", testing::Head("p") +
                                            "- { deny: file.read, path: [/b, /a/x, /a/*, /] }\n"
                                            "- { deny: file.write, path: /b }\n"
                                            "- { deny: file.write, name: n }\n"}};
    EXPECT_THAT(LiteralPaths(testing::ReadText(sources)), ElementsAre("/a/x", "/b"));
}

TEST(AddTags, AFileIsDeniedWhatItsNameIs) {
    const Image image = Tagged({{"/a/one", 7, 8, 9}, {"/a/two", 8, 8, 9}});
    EXPECT_TRUE(image.view().Validate());
    EXPECT_EQ(image.view().ComputeDigest(), image.view().stored_digest());
    EXPECT_EQ(Read(image, {7, 8, 9}).error, uint32_t{EPERM});
    EXPECT_EQ(Read(image, {8, 8, 9}).error, uint32_t{EACCES});
}

TEST(AddTags, AllThreeNumbersMustBeRight) {
    const Image image = Tagged({{"/a/one", 7, 8, 9}});
    EXPECT_EQ(StateOf(image, {6, 8, 9}), BLF_DEAD);
    EXPECT_EQ(StateOf(image, {7, 7, 9}), BLF_DEAD);
    EXPECT_EQ(StateOf(image, {7, 8, 8}), BLF_DEAD) << "the number was used again";
}

TEST(AddTags, AFileThatTwoRulesNameHasTheClausesOfBoth) {
    const std::vector<NamedFile> files = {{"/a/one", 7, 8, 9}, {"/a/two", 7, 8, 9}};
    const Image image = Tagged(files);
    const uint32_t state = StateOf(image, {7, 8, 9});
    EXPECT_EQ(image.view().Sources(state).size(), 2U);
    EXPECT_EQ(Read(image, {7, 8, 9}).error, uint32_t{EPERM}) << "the first rule's";
}

TEST(AddTags, WhatNoRuleNamesIsNoTag) {
    const Image image = Tagged({{"/b", 7, 8, 9}});
    EXPECT_EQ(image.view().root().tag_blocks, 0U);
    EXPECT_EQ(image.blocks.size(), testing::CompileText(kTwoRules).blocks.size());
}

TEST(AddTags, ThousandsAreAllFoundAgain) {
    std::vector<NamedFile> files;
    for (uint64_t i = 0; i < 5000; i++) files.push_back({"/a/one", i * 4096, 1, 0});
    const Image image = Tagged(files);
    for (uint64_t i = 0; i < 5000; i++) {
        ASSERT_NE(StateOf(image, {i * 4096, 1, 0}), BLF_DEAD) << i;
        ASSERT_EQ(StateOf(image, {i * 4096 + 1, 1, 0}), BLF_DEAD) << i;
    }
    EXPECT_EQ(image.view().reason_count(0), 0U) << "the counters moved, and are empty";
}

// Tries to add them to an image that may grow by so many blocks.
std::string RefusalOf(const std::vector<NamedFile>& files, size_t room) {
    Image image = testing::CompileText(kTwoRules);
    const Image before = image;
    const Status added = AddTags(&image, files, {}, image.blocks.size() + room);
    if (added) return "";
    EXPECT_EQ(added.error().kind, ErrorKind::kPolicy);
    EXPECT_EQ(image.view().stored_digest(), before.view().stored_digest());
    EXPECT_EQ(image.blocks.size(), before.blocks.size());
    return added.error().message;
}

TEST(AddTags, WhatDoesNotFitIsRefused) {
    std::vector<NamedFile> files;
    for (uint64_t i = 0; i < 16; i++) files.push_back({"/a/one", i, 1, 0});
    EXPECT_EQ(RefusalOf(files, 16), "");
    EXPECT_EQ(RefusalOf(files, 15),
              "with the inodes of the 16 files that the policies name, the image is larger than 0 "
              "MiB");
    EXPECT_NE(RefusalOf(files, 0), "");
}

TEST(AddTags, NumbersThatAlwaysShareAHomeAreRefusedInTheEnd) {
    std::vector<NamedFile> files;
    for (uint32_t i = 0; i < BLF_TAG_REACH * 2; i++) files.push_back({"/a/one", 7, 8, i});
    EXPECT_EQ(RefusalOf(files, 1 << 12), "");
    files.push_back({"/a/one", 7, 8, BLF_TAG_REACH * 2});
    EXPECT_NE(RefusalOf(files, 1 << 12), "");
}

}  // namespace
}  // namespace bailiff::policy
