// SPDX-License-Identifier: Apache-2.0
//
// testdata/diagnostics/NAME.yaml is read into the diagnostics NAME.txt, testdata/models/NAME.yaml
// into the model NAME.txt, testdata/stages/NAME.yaml into NAME.txt stage by stage,
// testdata/expectations/NAME.yaml (a test of policies) into diagnostics, to the character. After a
// wanted change run this test with BAILIFF_UPDATE_GOLDEN=1 and review the difference.
#include "base/testing/golden.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fmt/format.h"
#include "policy/compile.h"
#include "policy/dump_automaton.h"
#include "policy/dump_image.h"
#include "policy/dump_model.h"
#include "policy/expectations.h"
#include "policy/messages.h"
#include "policy/path_pattern.h"
#include "policy/read_policy.h"
#include "policy/resolve_links.h"
#include "policy/subjects.h"
#include "policy/testing/colliding_names.h"
#include "policy/testing/compile_text.h"
#include "policy/testing/dump_node.h"
#include "policy/text_check.h"
#include "policy/yaml.h"

namespace bailiff::policy {
namespace {

namespace fs = std::filesystem;

const fs::path kTestdata = fs::path(BAILIFF_SOURCE_DIR) / "policy/testdata";

using golden::ReadWhole;
using testing::FixtureUsers;

// A host with links that are not as they should be.
LinkLook FixtureLinks(const std::string& path) {
    using Kind = LinkLook::Kind;
    static const std::map<std::string, LinkLook> host = {
        {"/loop", {.kind = Kind::kLink, .target = "loop"}},
        {"/tmp/mine", {.kind = Kind::kLink, .target = "/etc/passwd", .roots = false}},
        {"/closed", {.kind = Kind::kUnknown, .target = {}, .error = EACCES}},
        {"/long", {.kind = Kind::kLink, .target = "/" + std::string(256, 'x')}},
    };
    const auto found = host.find(path);
    return found == host.end() ? LinkLook{.kind = Kind::kPlain, .target = {}} : found->second;
}

struct Outcome {
    std::string diagnostics;
    std::string model;
};

Outcome Read(const std::string& name, std::string text) {
    const Sources sources = {{name, std::move(text)}};
    Diagnostics diagnostics;
    std::vector<Policy> policies = ReadPolicies(sources, FixtureUsers, &diagnostics);
    if (!diagnostics.has_errors()) ResolveLinks(&policies, FixtureLinks, &diagnostics);
    return {diagnostics.Render(sources), DumpModel(policies)};
}

// What compiling says of a text that can be read.
std::string Compiled(const std::string& name, const std::string& text,
                     const CompileLimits& limits = {},
                     const std::function<void(std::vector<Policy>*)>& change = {}) {
    const Sources sources = {{name, text}};
    Diagnostics diagnostics;
    std::vector<Policy> policies = testing::ReadText(sources);
    if (change) change(&policies);
    EXPECT_FALSE(Compile(std::move(policies), sources, &diagnostics, limits));
    return diagnostics.Render(sources);
}

std::vector<fs::path> FilesOf(const char* directory, const char* extension) {
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(kTestdata / directory)) {
        if (entry.path().extension() == extension) files.insert(entry.path());
    }
    return {files.begin(), files.end()};
}

std::string Repeat(std::string_view text, size_t times) {
    std::string repeated;
    for (size_t i = 0; i < times; ++i) repeated += text;
    return repeated;
}

TEST(Golden, Diagnostics) {
    const std::vector<fs::path> files = FilesOf("diagnostics", ".yaml");
    ASSERT_FALSE(files.empty());
    for (fs::path path : files) {
        const Outcome outcome = Read(path.filename(), ReadWhole(path));
        EXPECT_NE(outcome.diagnostics, "") << path;
        golden::Expect(path.replace_extension(".txt"), outcome.diagnostics);
    }
}

// Of tests of policies: what their reader says, or when that is nothing, which rules the policy
// under test does not have.
TEST(Golden, Expectations) {
    const Sources policy = {{"keys.yaml",
                             "bailiff: 1\npolicy: keys\nrules:\n- {deny: file.read, path: /k/**}\n"
                             "- {deny: file.write, path: /k/a}\n"}};
    Diagnostics none;
    const std::optional<Image> image =
        Compile(ReadPolicies(policy, FixtureUsers, &none), policy, &none);
    ASSERT_TRUE(image);
    for (fs::path path : FilesOf("expectations", ".yaml")) {
        const Sources sources = {{path.filename(), ReadWhole(path)}};
        Diagnostics diagnostics;
        const auto sets = ReadExpectations(sources, FixtureUsers, &diagnostics);
        if (!diagnostics.has_errors()) {
            for (const auto& set : sets) CheckRules(image->view(), set, &diagnostics);
        }
        const std::string told = diagnostics.Render(sources);
        EXPECT_NE(told, "") << path;
        golden::Expect(path.replace_extension(".txt"), told);
    }
}

// As many choices as a component may have, in each of many.
std::string Alternatives(int patterns) {
    std::string text = testing::Head("p") + "- deny: file.open\n  path:\n";
    for (int i = 0; i < patterns; ++i) {
        text += fmt::format("  - \"/srv/{}{}{}\"\n", Repeat("{a,b}", 8), i, std::string(100, 'x'));
    }
    return text;
}

// What is too large to lie in the repository.
TEST(Golden, DiagnosticsOfLargeFiles) {
    const std::map<std::string, std::string> files = {
        {"too-big.generated", std::string(kMaxFileBytes + 1, '\n')},
        {"line-too-long.generated", "bailiff: 1\npolicy: " + std::string(kMaxLineBytes, 'x')},
        {"too-many-values.generated", Repeat("- a\n", kMaxNodes + 1)},
        {"megabytes-of-nesting.generated", Repeat("[", size_t{2} << 20)},
        {"lines-of-nesting.generated", Repeat("[\n", size_t{1} << 20)},
        {"too-many-alternatives.generated", Alternatives(400)},
    };
    for (const auto& [name, text] : files) {
        const fs::path said = (kTestdata / "diagnostics" / name).replace_extension(".txt");
        golden::Expect(said, Read(name, text).diagnostics);
    }
}

std::string List(const std::string& rule, const std::string& key, int count,
                 const std::function<std::string(int)>& entry) {
    std::string text = testing::Head("p") + rule + key + ":\n";
    for (int i = 0; i < count; ++i) text += "    - " + entry(i) + "\n";
    return text;
}

// Names that the image's hash does not tell apart: the second word undoes what the first did.
void UseCollidingNames(std::vector<Policy>* policies) {
    std::vector<PathPattern>& objects = policies->at(0).rules[0].objects;
    objects.clear();
    for (const std::string& name : testing::CollidingNames(9)) {
        Component component;
        component.name = name;
        objects.emplace_back().components = {component};
    }
}

// What is right as a text and does not fit into an image.
TEST(Golden, LimitsOfTheCompiler) {
    const auto number = [](int i) { return fmt::format("{}", i * 2); };
    const auto deep = [](int i) { return fmt::format("\"/srv/**/tenant-{0}/**/*-{0}.key\"", i); };
    const auto stars = [](int i) { return fmt::format("\"/srv/*{0}*{0}*\"", char('a' + i)); };
    const auto questions = [](int) { return "\"/srv/*a" + std::string(20, '?') + '"'; };
    std::string rules = testing::Head("p");
    for (unsigned i = 0; i <= BLF_BITS_MAX; ++i) {
        rules += fmt::format("- {{ deny: file.read, path: /a, except: {{ uid: {} }} }}\n", i);
    }
    std::string lineages = testing::Head("p");
    for (unsigned i = 0; i <= BLF_LINEAGES_MAX; ++i) {
        lineages +=
            fmt::format("- {{ deny: file.read, path: /a, except: {{ descendant-of: /{} }} }}\n", i);
    }
    const std::string paths = testing::Head("p") + "- { deny: file.read, path: [/a/b, /a/c] }\n";
    const std::string deny = "- deny: file.read\n  ";
    const CompileLimits two_states = {.automaton = {.states = 2, .edges = 100}};
    const CompileLimits one_mebibyte = {.blocks = 1 << 14, .automaton = {}};
    const auto describe = [](std::vector<Policy>* p) { p->at(0).description.assign(1 << 20, 'x'); };
    const struct {
        const char* name;
        std::string text;
        CompileLimits limits;
        std::function<void(std::vector<Policy>*)> change;
    } cases[] = {
        {"patterns-multiply", List(deny, "path", 300, deep), {}, {}},
        {"globs-multiply", List(deny, "path", 26, stars), {}, {}},
        {"multiplies-alone", List(deny, "path", 1, questions), {}, {}},
        {"too-many-rules", rules, {}, {}},
        {"too-many-uids", List(deny + "path: /a\n  except:\n   ", "uid", 40'000, number), {}, {}},
        {"too-many-lineages", lineages, {}, {}},
        {"names-collide", paths, {}, UseCollidingNames},
        {"too-many-paths", paths, two_states, {}},
        {"image-too-large", paths, one_mebibyte, describe},
    };
    for (const auto& c : cases) {
        const std::string name = std::string(c.name) + ".generated";
        golden::Expect((kTestdata / "diagnostics" / c.name).replace_extension(".txt"),
                       Compiled(name, c.text, c.limits, c.change));
    }
}

std::string Automaton(const char* of, const std::vector<Labelled>& patterns) {
    Work work(1'000'000);
    const auto built = BuildPathAutomaton(patterns, {}, &work);
    return std::string(of) + "\n" + DumpAutomaton(std::get<PathAutomaton>(built));
}

// testdata/stages/NAME.yaml becomes what NAME.txt shows of each stage.
TEST(Golden, Stages) {
    const std::vector<fs::path> files = FilesOf("stages", ".yaml");
    ASSERT_FALSE(files.empty());
    for (fs::path path : files) {
        const Sources sources = {{path.filename(), ReadWhole(path)}};
        std::string text = "nodes\n";
        Diagnostics diagnostics;
        for (const Node& document : ReadYaml(sources[0], 0, &diagnostics)) {
            text += testing::DumpNode(document) + "\n";
        }
        std::vector<Policy> policies = testing::ReadText(sources);
        text += "\nmodel\n" + DumpModel(policies);
        SortPolicies(&policies);
        const ClauseSet set = MakeClauses(policies);
        text += "\nclauses\n" + DumpClauses(set);
        text += "\n" + Automaton("objects, by rule", LabelObjects(policies));
        text +=
            "\n" + Automaton("executables, by list", PathLists(set.clauses, BLF_BY_EXE).patterns());
        text += "\nimage\n" + DumpImageText(testing::CompileModel(policies, sources).view());
        golden::Expect(path.replace_extension(".txt"), text);
    }
}

TEST(Golden, Reviews) {
    for (fs::path path : FilesOf("reviews", ".yaml")) {
        const Sources sources = {{path.filename(), ReadWhole(path)}};
        Diagnostics diagnostics;
        EXPECT_TRUE(Compile(testing::ReadText(sources), sources, &diagnostics,
                            {.automaton = {}, .review = kReviewWork}));
        EXPECT_FALSE(diagnostics.has_errors());
        golden::Expect(path.replace_extension(".txt"), diagnostics.Render(sources));
    }
}

TEST(Golden, Models) {
    const std::vector<fs::path> files = FilesOf("models", ".yaml");
    ASSERT_FALSE(files.empty());
    for (fs::path path : files) {
        const Outcome outcome = Read(path.filename(), ReadWhole(path));
        EXPECT_EQ(outcome.diagnostics, "") << path;
        golden::Expect(path.replace_extension(".txt"), outcome.model);
    }
}

// A format string as a glob for what it prints.
Glob ToGlob(std::string_view format) {
    Glob glob;
    for (size_t i = 0; i < format.size(); ++i) {
        const char c = format[i];
        const bool doubled = i + 1 < format.size() && format[i + 1] == c;
        GlobElement element;
        if (c == '{' && !doubled) {
            element.star = true;
            i = format.find('}', i);
        } else {
            element.bytes.set(static_cast<unsigned char>(c));
            if ((c == '{' || c == '}') && doubled) ++i;
        }
        glob.push_back(element);
    }
    return glob;
}

// The message or the hint that a line of a golden shows, or nothing.
std::string TextShownBy(std::string_view line) {
    const size_t bar = line.find(" | ");
    for (std::string_view kind : {": error: ", ": warning: "}) {
        const size_t at = line.find(kind);
        if (at < bar) return std::string(line.substr(at + kind.size()));
    }
    if (bar == std::string_view::npos || line.find_first_not_of(' ') <= bar) return {};
    const size_t caret = line.find_first_not_of(' ', bar + 3);
    const size_t space = line.find(' ', caret);
    return space == std::string_view::npos ? std::string{} : std::string(line.substr(space + 1));
}

// The messages and the hints of all goldens.
std::set<std::string> ShownTexts() {
    std::set<std::string> texts;
    for (const char* directory : {"diagnostics", "expectations", "reviews"}) {
        for (const fs::path& path : FilesOf(directory, ".txt")) {
            std::ifstream file(path);
            std::string line;
            while (std::getline(file, line)) texts.insert(TextShownBy(line));
        }
    }
    texts.erase("");
    return texts;
}

// A caret with nothing behind it says what is wrong and not what to do.
TEST(Golden, EveryMessageHasAHint) {
    for (const char* directory : {"diagnostics", "expectations", "reviews"}) {
        for (const fs::path& path : FilesOf(directory, ".txt")) {
            std::ifstream file(path);
            std::string line, message;
            while (std::getline(file, line)) {
                if (line.contains(": error: ") || line.contains(": warning: ")) message = line;
                const size_t caret = line.find_first_not_of(' ', line.find(" | ") + 3);
                const bool below = line.starts_with("      | ") && line[caret] == '^';
                EXPECT_FALSE(below && TextShownBy(line).empty()) << path << ": " << message;
            }
        }
    }
}

TEST(Golden, EveryMessageHasAnExampleAndEveryExampleItsMessage) {
    const std::set<std::string> texts = ShownTexts();
    ASSERT_FALSE(texts.empty());
    std::set<std::string> explained;
    for (const message::Row& row : message::kAll) {
        bool found = false;
        const Glob pattern = ToGlob(row.format);
        for (const std::string& text : texts) {
            if (!MatchGlob(pattern, text)) continue;
            found = true;
            explained.insert(text);
        }
        EXPECT_TRUE(found) << "no golden shows " << row.name;
    }
    for (const std::string& text : texts) {
        EXPECT_TRUE(explained.contains(text)) << "not from policy/messages.def: " << text;
    }
}

}  // namespace
}  // namespace bailiff::policy
