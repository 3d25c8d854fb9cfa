// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Names by words, their hash, and what happens when two names have the same one: the hash only
// finds, the bytes decide.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "decide/testing/engine.h"
#include "policy/edge_table.h"
#include "policy/image_seam.h"
#include "policy/testing/colliding_names.h"
#include "policy/testing/compile_text.h"
// after the seam
#include "decide/name.h"

namespace bailiff::decide::testing {
namespace {

using policy::HashName;
using policy::testing::CollidingNames;
using policy::testing::Inverse;

bool IsName(const std::string& bytes) {
    return bytes.find('\0') == std::string::npos && bytes.find('/') == std::string::npos;
}

uint64_t HashUpTo(const blf_name& words, uint32_t piece, uint32_t length) {
    uint64_t hash = blf_hash_begin(length);
    for (uint32_t i = 0; i < piece; i++) {
        hash = blf_hash_piece(hash, &words.word[size_t{i} * BLF_HASH_WORDS]);
    }
    return hash;
}

uint64_t Left(uint64_t hash, const __u64* w) {
    return (w[0] + hash) * BLF_HASH_0 ^ w[1] * BLF_HASH_1;
}

uint64_t Right(uint64_t left, const __u64* w) {
    return (w[2] ^ left >> 29) * BLF_HASH_2 ^ w[3] * BLF_HASH_3;
}

// What word `at + 1` has to become, so that the hash of `is` is that of `was`: the two differ in
// word `at` only. Each word goes into the hash by an invertible step, so a word can put right
// whatever the one before it did.
uint64_t PutRight(const blf_name& was, const blf_name& is, uint32_t at, uint32_t length) {
    uint32_t piece = at / BLF_HASH_WORDS;
    const __u64* old_words = &was.word[size_t{piece} * BLF_HASH_WORDS];
    const __u64* new_words = &is.word[size_t{piece} * BLF_HASH_WORDS];
    uint64_t hash = HashUpTo(was, piece, length);
    uint64_t left = Left(hash, old_words);
    uint64_t new_left = Left(hash, new_words);
    switch (at % BLF_HASH_WORDS) {
        case 0:
            return (left ^ new_left ^ new_words[1] * BLF_HASH_1) * Inverse(BLF_HASH_1);
        case 1: {
            uint64_t right = left ^ Right(left, old_words) ^ new_left;
            return ((right ^ new_words[3] * BLF_HASH_3) * Inverse(BLF_HASH_2)) ^ new_left >> 29;
        }
        case 2: {
            uint64_t word2 = (new_words[2] ^ left >> 29) * BLF_HASH_2;
            return (Right(left, old_words) ^ word2) * Inverse(BLF_HASH_3);
        }
        default:
            return is.word[at + 1] + HashUpTo(was, piece + 1, length) -
                   HashUpTo(is, piece + 1, length);
    }
}

// The name with its word number `at` replaced by `text` and the next one by what gives the whole
// the same hash again, or nothing if that is no name.
std::optional<std::string> Collide(const std::string& name, uint32_t at, const std::string& text) {
    blf_name was{};
    std::memcpy(was.word, name.data(), name.size());
    blf_name is = was;
    std::memcpy(&is.word[at], text.data(), sizeof(uint64_t));
    is.word[at + 1] = PutRight(was, is, at, static_cast<uint32_t>(name.size()));
    std::string made(name.size(), '\0');
    std::memcpy(made.data(), is.word, made.size());
    if (!IsName(made) || HashName(made) != HashName(name)) return std::nullopt;
    return made;
}

std::string EightDigits(unsigned number) {
    const std::string digits = std::to_string(number);
    return std::string(8 - digits.size(), 'n') + digits;
}

policy::PathPattern Literal(const std::string& name) {
    policy::PathPattern pattern;
    policy::Component component;
    component.choices.emplace_back();
    for (char byte : name) {
        policy::GlobElement element;
        element.bytes.set(static_cast<unsigned char>(byte));
        component.choices[0].push_back(element);
    }
    pattern.components.push_back(component);
    pattern.text = "/" + name;
    return pattern;
}

std::vector<policy::Policy> DenyNames(const std::vector<std::string>& names) {
    policy::Policy policy;
    policy.name = "names";
    policy.rules.emplace_back();
    policy.rules[0].operations = BLF_BIT(FILE_OPEN);
    policy.rules[0].error = EPERM;
    for (const std::string& name : names) policy.rules[0].objects.push_back(Literal(name));
    return {policy};
}

int ErrorOf(const policy::Image& image, const std::string& name) {
    return EngineDecide(image.view(),
                        {.ask = BLF_ASK_FILE_OPEN, .object = {{name}, false}, .who = {}})
        .error;
}

TEST(Name, WordsHoldTheNameAndAZero) {
    EXPECT_EQ(blf_name_words(1), 1U);
    EXPECT_EQ(blf_name_words(7), 1U);
    EXPECT_EQ(blf_name_words(8), 2U);
    EXPECT_EQ(blf_name_words(63), 8U);
    EXPECT_EQ(blf_name_words(64), 9U);
    EXPECT_EQ(blf_name_words(BLF_NAME_MAX), uint32_t{BLF_NAME_WORDS});
}

TEST(Name, EqualHashesAreToldApartByTheBytes) {
    const std::vector<std::string> names = CollidingNames(8);
    for (const std::string& denied : names) {
        ASSERT_EQ(HashName(denied), HashName(names[0]));
        const policy::Image image = policy::testing::CompileModel(DenyNames({denied}), {{"", ""}});
        for (const std::string& name : names) {
            EXPECT_EQ(ErrorOf(image, name), name == denied ? EPERM : 0) << name;
        }
    }
}

// Two names of one hash that differ in two words only, anywhere from the first to the last.
TEST(Name, EqualHashesAreToldApartInEveryBlock) {
    const std::string denied(BLF_NAME_MAX, 'd');
    const policy::Image image = policy::testing::CompileModel(DenyNames({denied}), {{"", ""}});
    EXPECT_EQ(ErrorOf(image, denied), EPERM);
    for (uint32_t at = 0; at + 1 < BLF_NAME_WORDS; at++) {
        std::optional<std::string> other;
        // The last word must end in a 0 byte, which one try in 256 gives.
        for (unsigned i = 0; !other && i < 100'000; i++)
            other = Collide(denied, at, EightDigits(i));
        ASSERT_TRUE(other) << at;
        EXPECT_EQ(ErrorOf(image, *other), 0) << at;
    }
}

TEST(Name, EightNamesOfOneHashFitIntoOneDirectory) {
    const std::vector<std::string> names = CollidingNames(9);
    const std::vector<std::string> eight(names.begin(), names.begin() + 8);
    const policy::Image image = policy::testing::CompileModel(DenyNames(eight), {{"", ""}});
    for (const std::string& name : eight) EXPECT_EQ(ErrorOf(image, name), EPERM) << name;
    EXPECT_EQ(ErrorOf(image, names[8]), 0);
}

TEST(Name, NineNamesOfOneHashAreRefused) {
    policy::Diagnostics diagnostics;
    EXPECT_FALSE(policy::Compile(DenyNames(CollidingNames(9)), {{"p.yaml", "x"}}, &diagnostics));
    EXPECT_THAT(diagnostics.Render({{"p.yaml", "x"}}),
                ::testing::HasSubstr("more than eight names in one directory have one hash"));
}

// Around the ends of words and of blocks: the name itself, one byte more, less, and another last.
TEST(Name, EveryLengthIsComparedWhole) {
    std::vector<size_t> lengths = {1, 7, 8, 9, 247, 248, 254, 255};
    for (size_t length = 55; length <= 65; length++) lengths.push_back(length);
    std::vector<std::string> names;
    for (size_t length : lengths) names.emplace_back(length, static_cast<char>('A' + length % 50));
    const policy::Image image = policy::testing::CompileModel(DenyNames(names), {{"", ""}});
    for (const std::string& name : names) {
        EXPECT_EQ(ErrorOf(image, name), EPERM) << name.size();
        for (size_t at : {size_t{0}, name.size() / 2, name.size() - 1}) {
            std::string other = name;
            other[at] = '!';
            EXPECT_EQ(ErrorOf(image, other), 0) << name.size() << " at " << at;
        }
        if (name.size() > 1) {
            EXPECT_EQ(ErrorOf(image, name.substr(1)), 0) << name.size();
        }
        if (name.size() < BLF_NAME_MAX) {
            EXPECT_EQ(ErrorOf(image, name + name[0]), 0) << name.size();
        }
    }
}

}  // namespace
}  // namespace bailiff::decide::testing
