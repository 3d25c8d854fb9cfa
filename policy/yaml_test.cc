// SPDX-License-Identifier: Apache-2.0
//
// The shape and the places of nodes. What is refused is in testdata/diagnostics/.
#include "policy/yaml.h"

#include <gtest/gtest.h>

#include <iterator>
#include <random>
#include <string>

#include "policy/list_runs.h"
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

TEST(Yaml, KeepsWhatIsCompleteBeforeASyntaxError) {
    const std::string dump = DumpAll("a: b\n---\nc: d\ne:\n- f\n- g: h: i\n");
    EXPECT_TRUE(dump.starts_with("f:6:7: error: YAML: illegal map value\n")) << dump;
    EXPECT_TRUE(
        dump.ends_with("\n1:1+1 {\n1:1+1 plain<a> = 1:4+1 plain<b>}\n"
                       "3:1+1 {\n3:1+1 plain<c> = 3:4+1 plain<d>\n"
                       "4:1+1 plain<e> = 5:1+1 [\n5:3+1 plain<f>]}\n"))
        << dump;
    EXPECT_TRUE(DumpAll("- a\n- b: c: d\n").ends_with("and indent keys alike\n"));
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

// A line out of a pot in which runs of entries meet all that can stand around them.
std::string RandomLine(std::mt19937* random) {
    static const char* const lines[] = {
        "- /plain",  "  - /plain",  "    - /plain", "  - \"/quoted\"", "key:",       "  key:",
        "text: |",   "  text: >",   "  more",       "      more",      "[",          "]",
        "{ a: b }",  "- [",         "- \"/open",    "close\"",         "- 'single'", "",
        "# comment", "  - # c",     "---",          "- - /nested",     "- &a /x",    "- !t /x",
        "- *a",      "text: plain", "? /x",         "- /x: /y",        "- /x #c",    "  -  /two",
    };
    return lines[(*random)() % std::size(lines)];
}

std::string RandomText(std::mt19937* random) {
    std::string text;
    for (size_t parts = 1 + (*random)() % 5; parts > 0; --parts) {
        const std::string indent((*random)() % 4, ' ');
        const char* quote = (*random)() % 3 == 0 ? "\"" : "";
        for (size_t i = (*random)() % 3; i > 0; --i) text += RandomLine(random) + '\n';
        for (size_t i = (*random)() % 40; i > 0; --i) {
            text += fmt::format("{}- {}/entry/{}{}\n", indent, quote, i, quote);
        }
        for (size_t i = (*random)() % 3; i > 0; --i) text += RandomLine(random) + '\n';
    }
    if ((*random)() % 4 == 0) text.pop_back();
    return text;
}

// With and without the parser being spared long lists.
TEST(Yaml, ReadsRunsAsTheParserDoes) {
    std::mt19937 random(20261124);
    int spared = 0;
    for (int i = 0; i < 5000; ++i) {
        const Source source{"f", "k:\n" + RandomText(&random)};
        Diagnostics some, all;
        std::string text, whole;
        for (const Node& node : ReadYaml(source, 0, &some)) text += testing::DumpNode(node) + "\n";
        for (const Node& node : ReadWholeYaml(source, 0, &all)) {
            whole += testing::DumpNode(node) + "\n";
        }
        ASSERT_EQ(text + some.Render({source}), whole + all.Render({source})) << source.text;
        if (!all.has_errors() && !FindListRuns(source.text).empty()) ++spared;
    }
    EXPECT_GT(spared, 100);
}

}  // namespace
}  // namespace bailiff::policy
