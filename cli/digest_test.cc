// SPDX-License-Identifier: Apache-2.0
//
// Who asks by a digest, where people say who: `explain`, `test`, `diff`.
#include <string>

#include "cli/exit_code.h"
#include "cli/testing/call.h"
#include "gmock/gmock.h"

namespace bailiff::cli {
namespace {

using cli::testing::Call;
using cli::testing::Outcome;
using ::testing::HasSubstr;

class DigestTest : public cli::testing::DirectoryTest {
  protected:
    std::string Excepting(const std::string& file, const std::string& digest) {
        return Write(file,
                     "bailiff: 1\npolicy: only\nrules:\n"
                     "- {deny: file.read, path: /k, except: {exe-sha256: " +
                         digest + "}}\n");
    }

    Outcome Explained(const std::string& file, const std::string& digest) {
        return Call({"explain", "--op", "file.read", "--path", "/k", "--exe-sha256", digest, file});
    }

    const std::string good_ = std::string(63, '0') + "a";
    const std::string other_ = std::string(63, '0') + "b";
};

TEST_F(DigestTest, IsAskedForInEitherCase) {
    const std::string file = Excepting("p.yaml", std::string(63, '0') + "A");
    EXPECT_EQ(Explained(file, good_).exit, kOk);
    EXPECT_EQ(Explained(file, std::string(63, '0') + "A").exit, kOk);
    EXPECT_EQ(Explained(file, other_).exit, kNo);
    EXPECT_EQ(Call({"explain", "--op", "file.read", "--path", "/k", file}).exit, kNo);
}

TEST_F(DigestTest, IsNothingElse) {
    const Outcome outcome = Explained(Excepting("p.yaml", good_), "/usr/bin/cat");
    EXPECT_EQ(outcome.exit, kUsage);
    EXPECT_THAT(outcome.err, HasSubstr("--exe-sha256: `/usr/bin/cat` is no SHA-256"));
    EXPECT_THAT(outcome.err, HasSubstr("sha256sum"));
}

TEST_F(DigestTest, IsWhoARequestOfATestIs) {
    Excepting("p.yaml", good_);
    const std::string test =
        Write("p.test.yaml",
              "bailiff-test: 1\nrequests:\n- {op: file.read, path: /k, exe-sha256: " + good_ +
                  ", expect: allow}\n- {op: file.read, path: /k, exe-sha256: " + other_ +
                  ", expect: deny}\n");
    const Outcome outcome = Call({"test", test});
    EXPECT_EQ(outcome.exit, kOk) << outcome.out << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("2 passed, 0 failed"));
}

TEST_F(DigestTest, MakesADifference) {
    const Outcome outcome =
        Call({"diff", Excepting("old.yaml", good_), Excepting("new.yaml", other_)});
    EXPECT_EQ(outcome.exit, kNo);
    EXPECT_THAT(outcome.out, HasSubstr("exe-sha256 " + good_));
    EXPECT_THAT(outcome.out, HasSubstr("exe-sha256 " + other_));
}

}  // namespace
}  // namespace bailiff::cli
