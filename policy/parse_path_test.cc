// SPDX-License-Identifier: Apache-2.0
//
// More patterns and their components: testdata/models/globs.yaml; errors: testdata/diagnostics/.
#include "policy/parse_path.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "policy/dump_model.h"
#include "policy/parse_glob.h"

namespace bailiff::policy {
namespace {

Node Scalar(std::string_view value) {
    Node node;
    node.kind = Node::Kind::kScalar;
    node.value = value;
    node.where = {0, 1, 1, static_cast<uint32_t>(value.size())};
    node.verbatim = 0;
    return node;
}

std::string Path(std::string_view text) {
    Diagnostics diagnostics;
    Work expansion(kExpansionWork);
    const auto pattern = ParsePath(Scalar(text), &expansion, &diagnostics);
    EXPECT_NE(pattern.has_value(), diagnostics.has_errors());
    return pattern ? DumpPattern(*pattern) : diagnostics.list()[0].message;
}

std::string Name(std::string_view text) {
    Diagnostics diagnostics;
    Work expansion(kExpansionWork);
    const auto pattern = ParseName(Scalar(text), &expansion, &diagnostics);
    EXPECT_NE(pattern.has_value(), diagnostics.has_errors());
    return pattern ? pattern->text + " is " + DumpPattern(*pattern) : diagnostics.list()[0].message;
}

TEST(ParsePath, DividesAtSlashes) {
    EXPECT_EQ(Path("/"), "(root)");
    EXPECT_EQ(Path("/a"), "\"a\"");
    EXPECT_EQ(Path("/a/b*/c"), "\"a\" / \"b\"* / \"c\"");
}

TEST(ParsePath, DoubleStarAtTheEndNeedsAComponent) {
    EXPECT_EQ(Path("/**"), "** / *");
    EXPECT_EQ(Path("/a/**"), "\"a\" / ** / *");
    EXPECT_EQ(Path("/a/**/b"), "\"a\" / ** / \"b\"");
    EXPECT_EQ(Path("/a/**/b/**"), "\"a\" / ** / \"b\" / ** / *");
}

TEST(ParsePath, KeepsTheTextAsWritten) {
    Diagnostics diagnostics;
    Work expansion(kExpansionWork);
    const auto pattern = ParsePath(Scalar("/a\\*/{b,c}"), &expansion, &diagnostics);
    ASSERT_TRUE(pattern);
    EXPECT_EQ(pattern->text, "/a\\*/{b,c}");
}

TEST(ParsePath, MeasuresNamesAndPaths) {
    const std::string longest(255, 'n');
    EXPECT_EQ(Path("/" + longest), '"' + longest + '"');
    EXPECT_EQ(Path("/*" + longest + "*"), "*\"" + longest + "\"*");
    EXPECT_EQ(Path("/" + longest + "?"), "a component of at least 256 bytes can never match");
    std::string path;
    while (path.size() < 4094) path += "/a";
    EXPECT_EQ(Path(path + "a").substr(0, 9), "\"a\" / \"a\"");
    EXPECT_EQ(Path(path + "aa"), "the pattern is longer than a path can be");
}

// What counts is the shortest path that matches, not how many bytes say so.
TEST(ParsePath, MeasuresWhatMatches) {
    std::string bytes, choices;
    for (int i = 0; i < 1300; i++) bytes += i % 100 == 0 ? "/\\xff" : "\\xff";
    EXPECT_EQ(Path(bytes).substr(0, 5), "\"\\xff");
    for (int i = 0; i < 20; i++)
        choices += "/{a" + std::string(200, 'b') + ",a" + std::string(150, 'c') + "}";
    EXPECT_NE(Path(choices), "the pattern is longer than a path can be");
    for (int i = 0; i < 10; i++)
        choices += "/{a" + std::string(200, 'b') + ",a" + std::string(150, 'c') + "}";
    EXPECT_EQ(Path(choices), "the pattern is longer than a path can be");
}

TEST(ParsePath, TellsTheFirstThingWrongAtItsPlace) {
    Diagnostics diagnostics;
    Work expansion(kExpansionWork);
    EXPECT_FALSE(ParsePath(Scalar("/ok/x]/y}"), &expansion, &diagnostics));
    ASSERT_EQ(diagnostics.list().size(), 1u);
    EXPECT_EQ(diagnostics.list()[0].where.column, 6u);
}

TEST(ParseName, IsAComponentAnywhere) {
    EXPECT_EQ(Name("x"), "/**/x is ** / \"x\"");
    EXPECT_EQ(Name("*.{key,pem}"), "/**/*.{key,pem} is ** / *\".key\"|*\".pem\"");
    EXPECT_EQ(Name("*"), "/**/* is ** / *");
    EXPECT_EQ(Name("a/b"), "a name cannot contain a slash");
}

}  // namespace
}  // namespace bailiff::policy
