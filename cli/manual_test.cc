// SPDX-License-Identifier: Apache-2.0
//
// The example of docs/IMAGE.md: what its commands print is what it says they print. With
// BAILIFF_UPDATE_GOLDEN=1 the document is written anew; read also the prose around it then.
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "cli/testing/call.h"
#include "gtest/gtest.h"

namespace bailiff::cli {
namespace {

constexpr const char* kManual = BAILIFF_SOURCE_DIR "/docs/IMAGE.md";
constexpr std::string_view kExample = "\n## An example\n";
constexpr std::string_view kFence = "\n```";

class ManualTest : public cli::testing::DirectoryTest {
  protected:
    // `$ bailiff ...`, with the policy that the document shows.
    std::string Run(const std::string& line) {
        std::istringstream words(line);
        std::vector<std::string> arguments;
        for (std::string word; words >> word;) arguments.push_back(std::move(word));
        EXPECT_EQ(arguments.back(), "two.yaml") << line;
        arguments.erase(arguments.begin(), arguments.begin() + 2);
        arguments.back() = directory_ + "/two.yaml";
        // The digest covers the file's absolute name, which is another each time.
        static const std::regex digest("sha256:[0-9a-f]{64}");
        return std::regex_replace(Bare(cli::testing::Call(arguments).out), digest, "sha256:...");
    }
};

TEST_F(ManualTest, TheImagesExampleIsWhatTheCommandsPrint) {
    std::string text = golden::ReadWhole(kManual);
    size_t at = text.find(kExample);
    ASSERT_NE(at, std::string::npos);
    size_t commands = 0;
    while ((at = text.find(kFence, at)) != std::string::npos) {
        const size_t begin = text.find('\n', at + 1) + 1;
        const size_t end = text.find(kFence, begin) + 1;
        ASSERT_LT(begin, end);
        std::string block = text.substr(begin, end - begin);
        const std::string line = block.substr(0, block.find('\n'));
        if (text.substr(at, begin - at) == "\n```yaml\n") Write("two.yaml", block);
        if (line.starts_with("$ bailiff ")) {
            block = line + "\n" + Run(line);
            text.replace(begin, end - begin, block);
            ++commands;
        }
        at = begin + block.size() + kFence.size() - 1;
    }
    EXPECT_EQ(commands, 2U);
    golden::Expect(kManual, text);
}

}  // namespace
}  // namespace bailiff::cli
