// SPDX-License-Identifier: Apache-2.0
//
// testdata/diagnostics/NAME.yaml is read into the diagnostics NAME.txt, testdata/models/NAME.yaml
// into the model NAME.txt, testdata/expectations/NAME.yaml (a test of policies) into diagnostics,
// to the character. After a wanted change run this test with BAILIFF_UPDATE_GOLDEN=1 and review the
// difference.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "policy/compile.h"
#include "policy/dump_model.h"
#include "policy/expectations.h"
#include "policy/messages.h"
#include "policy/path_pattern.h"
#include "policy/read_policy.h"
#include "policy/resolve_links.h"
#include "policy/text_check.h"
#include "policy/yaml.h"

namespace bailiff::policy {
namespace {

namespace fs = std::filesystem;

const fs::path kTestdata = fs::path(BAILIFF_SOURCE_DIR) / "policy/testdata";

std::string ReadWhole(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void ExpectGolden(const fs::path& path, const std::string& actual) {
    if (std::getenv("BAILIFF_UPDATE_GOLDEN") != nullptr) {
        std::ofstream(path, std::ios::binary) << actual;
    }
    EXPECT_TRUE(fs::exists(path)) << path;
    EXPECT_EQ(actual, ReadWhole(path)) << path;
}

std::optional<uint32_t> FixtureUsers(std::string_view name) {
    static const std::map<std::string_view, uint32_t> users = {{"root", 0}, {"alice", 1000}};
    const auto found = users.find(name);
    return found == users.end() ? std::nullopt : std::optional(found->second);
}

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
        ExpectGolden(path.replace_extension(".txt"), outcome.diagnostics);
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
        ExpectGolden(path.replace_extension(".txt"), told);
    }
}

// What is too large to lie in the repository.
TEST(Golden, DiagnosticsOfLargeFiles) {
    const std::map<std::string, std::string> files = {
        {"too-big.generated", std::string(kMaxFileBytes + 1, '\n')},
        {"line-too-long.generated", "bailiff: 1\npolicy: " + std::string(kMaxLineBytes, 'x')},
        {"too-many-values.generated", Repeat("- a\n", kMaxNodes + 1)},
        {"megabytes-of-nesting.generated", Repeat("[", size_t{2} << 20)},
        {"lines-of-nesting.generated", Repeat("[\n", size_t{1} << 20)},
    };
    for (const auto& [name, text] : files) {
        const fs::path golden = (kTestdata / "diagnostics" / name).replace_extension(".txt");
        ExpectGolden(golden, Read(name, text).diagnostics);
    }
}

TEST(Golden, Models) {
    const std::vector<fs::path> files = FilesOf("models", ".yaml");
    ASSERT_FALSE(files.empty());
    for (fs::path path : files) {
        const Outcome outcome = Read(path.filename(), ReadWhole(path));
        EXPECT_EQ(outcome.diagnostics, "") << path;
        ExpectGolden(path.replace_extension(".txt"), outcome.model);
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
    for (std::string_view severity : {": error: ", ": warning: "}) {
        const size_t at = line.find(severity);
        if (at < bar) return std::string(line.substr(at + severity.size()));
    }
    if (bar == std::string_view::npos || line.find_first_not_of(' ') <= bar) return {};
    const size_t caret = line.find_first_not_of(' ', bar + 3);
    const size_t space = line.find(' ', caret);
    return space == std::string_view::npos ? std::string{} : std::string(line.substr(space + 1));
}

// The messages and the hints of all goldens.
std::set<std::string> ShownTexts() {
    std::set<std::string> texts;
    for (const char* directory : {"diagnostics", "expectations"}) {
        for (const fs::path& path : FilesOf(directory, ".txt")) {
            std::ifstream file(path);
            std::string line;
            while (std::getline(file, line)) texts.insert(TextShownBy(line));
        }
    }
    texts.erase("");
    return texts;
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
