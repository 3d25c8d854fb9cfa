// SPDX-License-Identifier: Apache-2.0
#include "policy/image_writer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace bailiff::policy {
namespace {

TEST(ImageWriter, SectionsBeginOnBlocks) {
    ImageWriter writer;
    EXPECT_EQ(writer.AddRecords(std::vector<uint32_t>(1)), uint32_t{BLF_BLOCK_SECTIONS});
    EXPECT_EQ(writer.AddRecords(std::vector<uint32_t>(16)), BLF_BLOCK_SECTIONS + 1U);
    EXPECT_EQ(writer.AddRecords(std::vector<uint32_t>(17)), BLF_BLOCK_SECTIONS + 2U);
    EXPECT_EQ(writer.AddBytes(nullptr, 0), BLF_BLOCK_SECTIONS + 4U);
    EXPECT_EQ(writer.size(), BLF_BLOCK_SECTIONS + 4U);
}

std::string BytesAt(const NameTable& names, uint32_t word, size_t size) {
    std::string bytes(size, '\0');
    std::memcpy(bytes.data(), &names.words()[word], size);
    return bytes;
}

// A name of up to eight words never crosses a block; a longer one begins on one.
TEST(NameTable, KeepsNamesWithinBlocks) {
    NameTable names;
    for (size_t length = 1; length <= 255; length++) {
        for (char letter : {'a', 'b'}) {
            const std::string name(length, letter);
            const uint32_t at = names.IndexOf(name);
            const size_t words = length / 8 + 1;
            if (words <= 8) {
                EXPECT_EQ(at / 8, (at + words - 1) / 8) << length;
            } else {
                EXPECT_EQ(at % 8, 0U) << length;
            }
            EXPECT_EQ(BytesAt(names, at, words * 8), name + std::string(words * 8 - length, '\0'));
        }
    }
}

TEST(NameTable, KeepsEqualNamesOnce) {
    NameTable names;
    const uint32_t first = names.IndexOf("same");
    names.IndexOf("other");
    EXPECT_EQ(names.IndexOf("same"), first);
    EXPECT_EQ(names.words().size(), 2U);
}

TEST(TextTable, IsByByteAndEndsEachText) {
    TextTable texts;
    EXPECT_EQ(texts.IndexOf(""), 0U);
    EXPECT_EQ(texts.IndexOf("one"), 1U);
    EXPECT_EQ(texts.IndexOf("two"), 5U);
    EXPECT_EQ(texts.IndexOf("one"), 1U);
    EXPECT_EQ(texts.bytes(), std::string("\0one\0two\0", 9));
}

}  // namespace
}  // namespace bailiff::policy
