// SPDX-License-Identifier: Apache-2.0
//
// testdata/images/NAME.yaml compiles into the image that NAME.txt shows, to the character; one of
// them as NAME.json too. After a wanted change run this test with BAILIFF_UPDATE_GOLDEN=1 and
// review the difference.
#include "policy/compile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/testing/golden.h"
#include "fmt/format.h"
#include "policy/dump_image.h"
#include "policy/explain.h"
#include "policy/testing/compile_text.h"

namespace bailiff::policy {
namespace {

namespace fs = std::filesystem;
using testing::CompileText;
using testing::Head;

const fs::path kImages = fs::path(BAILIFF_SOURCE_DIR) / "policy/testdata/images";

Image CompileFile(const fs::path& path) {
    return CompileText(Sources{{path.filename(), golden::ReadWhole(path)}});
}

TEST(Compile, Images) {
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(kImages)) {
        if (entry.path().extension() == ".yaml") files.insert(entry.path());
    }
    ASSERT_FALSE(files.empty());
    for (fs::path path : files) {
        const Image image = CompileFile(path);
        golden::Expect(path.replace_extension(".txt"), DumpImageText(image.view()));
    }
}

TEST(Compile, AnImageAsJson) {
    const Image image = CompileFile(kImages / "subjects.yaml");
    golden::Expect(kImages / "subjects.json", DumpImage(image.view()).dump(2) + "\n");
}

TEST(Compile, NothingIsTheEmptyImage) {
    Diagnostics diagnostics;
    const auto image = Compile({}, {}, &diagnostics);
    ASSERT_TRUE(image);
    EXPECT_EQ(image->view().stored_digest(), EmptyImage().view().stored_digest());
    EXPECT_TRUE(image->view().Validate());
    EXPECT_EQ(image->view().root().generation, 0U);
}

const char* const kOne = "bailiff: 1\npolicy: one\nrules:\n- { deny: file.read, path: /a }\n";
const char* const kTwo = "bailiff: 1\npolicy: two\nrules:\n- { deny: file.read, path: /a/b }\n";

Digest DigestOf(const Sources& sources) {
    return CompileText(sources).view().stored_digest();
}

// The digest is of the policies: in which order files are given does not matter, nor the
// generation. The place of a rule (file and line) is part of the image, so moving a rule changes
// the digest although it decides the same.
TEST(Compile, DigestDoesNotDependOnTheOrderOfFiles) {
    EXPECT_EQ(DigestOf({{"1.yaml", kOne}, {"2.yaml", kTwo}}),
              DigestOf({{"2.yaml", kTwo}, {"1.yaml", kOne}}));
}

TEST(Compile, DigestDependsOnEachRuleAndItsPlace) {
    const Digest digest = DigestOf({{"1.yaml", kOne}});
    EXPECT_EQ(digest, DigestOf({{"1.yaml", std::string(kOne) + "# a comment below\n"}}));
    EXPECT_NE(digest, DigestOf({{"1.yaml", kTwo}}));
    EXPECT_NE(digest, DigestOf({{"other.yaml", kOne}}));
    EXPECT_NE(digest, DigestOf({{"1.yaml", std::string("# a comment above\n") + kOne}}));
}

// `count` rules, no two of which can share a bit.
std::string DistinctRules(int count, const char* mode) {
    std::string text = fmt::format("bailiff: 1\npolicy: {}\nmode: {}\nrules:\n", mode, mode);
    for (int i = 0; i < count; i++) {
        text += fmt::format("- {{ deny: file.read, path: /a, except: {{ uid: {} }} }}\n", i);
    }
    return text;
}

std::string RefusalOf(const std::string& text) {
    const Sources sources = {{"many.yaml", text}};
    Diagnostics diagnostics;
    const bool compiled = Compile(testing::ReadText(sources), sources, &diagnostics).has_value();
    EXPECT_NE(compiled, diagnostics.has_errors());
    return compiled ? "" : diagnostics.list()[0].message;
}

TEST(Compile, RefusesMoreDistinctRulesThanBits) {
    const std::string refusal =
        fmt::format("the policies have more than {} distinct rules", BLF_BITS_MAX);
    EXPECT_EQ(RefusalOf(DistinctRules(BLF_BITS_MAX, "enforce")), "");
    EXPECT_EQ(RefusalOf(DistinctRules(BLF_BITS_MAX + 1, "enforce")), refusal);
    EXPECT_EQ(RefusalOf(DistinctRules(BLF_BITS_MAX + 1, "audit")), refusal);
}

// The bits of the last block, where enforcing and auditing ones meet.
TEST(Compile, EveryBitDecides) {
    const Image image =
        CompileText(DistinctRules(1024, "enforce") + "---\n" + DistinctRules(1024, "audit"));
    EXPECT_EQ(image.view().root().vector_blocks, 4U);
    EXPECT_EQ(image.view().root().enforce_blocks, 2U);
    for (uint32_t uid : {0U, 1U, 1023U, 1024U}) {
        const auto explanation = Explain(
            image.view(), {.ask = BLF_ASK_FILE_OPEN_READ, .path = "/a", .who = {.uid = uid}});
        ASSERT_TRUE(explanation);
        EXPECT_EQ(explanation->rule, uid == 0 ? 1U : 0U);
        EXPECT_EQ(explanation->audit_rule, uid == 0 ? 1025U : 1024U);
    }
}

void ExpectOneClause(const Image& image, uint32_t rules) {
    EXPECT_EQ(image.view().index().rule_count, rules);
    EXPECT_EQ(image.view().root().vector_blocks, 1U);
    for (uint32_t rule = 0; rule < rules; rule++) {
        ASSERT_EQ(image.view().rule(rule).clause, 0U);
        ASSERT_EQ(image.view().rule(rule).clauses, 1U);
    }
    const auto explanation =
        Explain(image.view(), {.ask = BLF_ASK_FILE_OPEN_READ, .path = "/d/7/f4207", .who = {}});
    ASSERT_TRUE(explanation);
    EXPECT_EQ(explanation->rule, rules == 1 ? 0U : 4207U);
}

TEST(Compile, TenThousandPathsAreOneClause) {
    std::string text = Head("p") + "- deny: file.read\n  path:\n";
    for (int i = 0; i < 10'000; i++) text += fmt::format("  - /d/{}/f{}\n", i % 100, i);
    ExpectOneClause(CompileText(text), 1);
}

TEST(Compile, TenThousandRulesThatDifferOnlyInTheirPathAreOneClause) {
    std::string text = Head("p");
    for (int i = 0; i < 10'000; i++) {
        text += fmt::format("- {{ deny: file.read, path: /d/{}/f{} }}\n", i % 100, i);
    }
    ExpectOneClause(CompileText(text), 10'000);
}

TEST(Compile, RefusesGlobsThatMultiply) {
    std::string text = Head("p");
    for (char first = 'a'; first <= 'z'; first++) {
        text += fmt::format("- {{ deny: file.read, path: \"/*{}*{}*\" }}\n", first,
                            static_cast<char>('A' + first - 'a'));
    }
    EXPECT_THAT(RefusalOf(text), ::testing::HasSubstr("globs of one directory multiply"));
}

}  // namespace
}  // namespace bailiff::policy
