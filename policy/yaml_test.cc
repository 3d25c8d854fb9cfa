// SPDX-License-Identifier: Apache-2.0
//
// The shape and the places of nodes. What is refused is in testdata/diagnostics/.
#include "policy/yaml.h"

#include <gtest/gtest.h>

#include <string>

#include "policy/testing/dump_node.h"

namespace bailiff::policy {
namespace {

std::string DumpAll(const std::string& text) {
    Diagnostics diagnostics;
    const Source source{"f", text};
    std::string dump;
    for (const Node& node : ReadYaml(source, 0, &diagnostics))
        dump += testing::DumpNode(node) + "\n";
    return diagnostics.Render({source}) + dump;
}

TEST(Yaml, TellsThePlacesOfScalars) {
    EXPECT_EQ(DumpAll("a: b c # d\n'q''r': \"s\\tt\"\n"),
              "1:1+1 {\n1:1+1 plain<a> = 1:4+3 plain<b c>\n2:1+6<q'r> = 2:9+6<s\tt>}\n");
}

TEST(Yaml, TellsScalarsOfSeveralLines) {
    EXPECT_EQ(DumpAll("a: b\n  c\nd: |\n  e\nf: \"g\n  h\"\n"),
              "1:1+1 {\n1:1+1 plain<a> = 1:4+1 plain several<b c>\n"
              "3:1+1 plain<d> = 3:4+1 several<e\n>\n5:1+1 plain<f> = 5:4+2 several<g h>}\n");
}

TEST(Yaml, PlacesMissingValuesAtTheirKeyOrDash) {
    EXPECT_EQ(DumpAll("a:\nb: ~\nc:\n  -\n\n  - x\n  - null\n"),
              "1:1+1 {\n1:1+1 plain<a> = 1:1+1 null\n2:1+1 plain<b> = 2:4+1 null\n"
              "3:1+1 plain<c> = 4:3+1 [\n4:3+1 null\n6:5+1 plain<x>\n7:5+4 null]}\n");
}

TEST(Yaml, NeverGuessesTypes) {
    EXPECT_EQ(DumpAll("[no, 0644, 1.10, true]"),
              "1:1+1 [\n1:2+2 plain<no>\n1:6+4 plain<0644>\n1:12+4 plain<1.10>\n"
              "1:18+4 plain<true>]\n");
}

TEST(Yaml, ReadsSeveralDocuments) {
    EXPECT_EQ(DumpAll("--- # one\na: b\n---\n- c\n...\n"),
              "2:1+1 {\n2:1+1 plain<a> = 2:4+1 plain<b>}\n4:1+1 [\n4:3+1 plain<c>]\n");
}

TEST(Yaml, KeepsTheDocumentsBeforeASyntaxError) {
    const std::string dump = DumpAll("a: b\n---\nc: d: e\n");
    EXPECT_TRUE(dump.starts_with("f:3:5: error: YAML: illegal map value\n")) << dump;
    EXPECT_TRUE(dump.ends_with("\n1:1+1 {\n1:1+1 plain<a> = 1:4+1 plain<b>}\n")) << dump;
}

TEST(Yaml, KnowsWhereTheBytesOfAValueAre) {
    Diagnostics diagnostics;
    const Source source{"f", "[plain, \"quoted\", \"esc\\taped\"]"};
    const std::vector<Node> documents = ReadYaml(source, 0, &diagnostics);
    ASSERT_EQ(documents.size(), 1u);
    const std::vector<Node>& items = documents[0].items;
    EXPECT_EQ(items[0].At(2, 1).column, 4u);
    EXPECT_EQ(items[1].At(2, 1).column, 12u);
    EXPECT_EQ(items[2].At(2, 1).column, items[2].where.column);
}

}  // namespace
}  // namespace bailiff::policy
