// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "cli/testing/call.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bailiff::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using cli::testing::Start;

class Colours : public cli::testing::DirectoryTest {};

// A terminal of its own as stdout and stderr: only there is anything coloured.
class OnATerminal {
  public:
    OnATerminal() : terminal_(posix_openpt(O_RDWR | O_NOCTTY)) {
        EXPECT_EQ(grantpt(terminal_) | unlockpt(terminal_), 0);
        const int screen = open(ptsname(terminal_), O_RDWR | O_NOCTTY);
        EXPECT_GE(screen, 0);
        std::fflush(nullptr);
        for (int fd : {STDOUT_FILENO, STDERR_FILENO}) {
            kept_.push_back(dup(fd));
            dup2(screen, fd);
        }
        close(screen);
        unsetenv("NO_COLOR");
        setenv("TERM", "linux", 1);
    }
    ~OnATerminal() {
        std::fflush(nullptr);
        dup2(kept_[0], STDOUT_FILENO);
        dup2(kept_[1], STDERR_FILENO);
        for (int fd : {kept_[0], kept_[1], terminal_}) close(fd);
    }
    // What was written to it.
    std::string Screen() const {
        std::fflush(nullptr);
        std::string text(65536, '\0');
        const ssize_t got = read(terminal_, text.data(), text.size());
        text.resize(got > 0 ? static_cast<size_t>(got) : 0);
        return text;
    }

  private:
    int terminal_;
    std::vector<int> kept_;
};

TEST(Output, ColoursOnATerminalThatHasThemAndWantsThem) {
    std::vector<std::string> shown;
    {
        const OnATerminal terminal;
        const auto show = [&](const char* variable, const char* value) {
            setenv(variable, value, 1);
            shown.push_back(Toned(Tone::kGood, "yes") +
                            std::string(DiagnosticColours().error.empty() ? "" : "!"));
        };
        show("NO_COLOR", "");
        show("NO_COLOR", "1");
        show("NO_COLOR", "");
        show("TERM", "dumb");
        unsetenv("NO_COLOR");
    }
    const std::string coloured = "\033[32myes\033[0m!";
    EXPECT_EQ(shown, (std::vector<std::string>{coloured, "yes", coloured, "yes"}));
    EXPECT_EQ(Toned(Tone::kGood, "yes"), "yes");
}

TEST_F(Colours, AreWhereTheHelpSaysThatTheyAre) {
    const std::string good = Write("good.yaml",
                                   "bailiff: 1\npolicy: keys\nrules:\n"
                                   "- { deny: file.read, path: /k/** }\n");
    const std::string bad =
        Write("bad.yaml", "bailiff: 1\npolicy: p\nrules: [{deny: file.opne, path: /x}]\n");
    const auto screen = [](const std::vector<std::string>& arguments) {
        const OnATerminal terminal;
        Start(arguments);
        return terminal.Screen();
    };
    EXPECT_THAT(screen({"check", bad}),
                AllOf(HasSubstr(": \033[31merror\033[0m: "), HasSubstr("\033[31m^~~")));
    const std::string more = Write("more.yaml",
                                   "bailiff: 1\npolicy: keys\nrules:\n"
                                   "- { deny: file.*, path: /k/** }\n");
    EXPECT_THAT(screen({"diff", "--samples", "1", "--seed", "1", good, more}),
                HasSubstr("\033[31mnow denied\033[0m"));
    EXPECT_THAT(screen({"doctor"}), HasSubstr("\033[32mok    \033[0m"));
}

TEST(Output, TablesLineUpAndCountsAgree) {
    EXPECT_EQ(Table({{"a", "bb", "c"}, {"aaa", "b", ""}}, " "), " a    bb  c\n aaa  b   \n");
    EXPECT_EQ(Count(1, "policy"), "1 policy");
    EXPECT_EQ(Count(2, "policy"), "2 policies");
    EXPECT_EQ(Count(0, "rule"), "0 rules");
    EXPECT_EQ(ClockTime(0), "never");
}

}  // namespace
}  // namespace bailiff::cli
