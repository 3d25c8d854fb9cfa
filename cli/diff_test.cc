// SPDX-License-Identifier: Apache-2.0
//
// testdata/diff/NAME.old.yaml and NAME.new.yaml give NAME.txt, to the character.
#include <filesystem>
#include <string>

#include "cli/exit_code.h"
#include "cli/testing/call.h"
#include "gmock/gmock.h"
#include "nlohmann/json.hpp"

namespace bailiff::cli {
namespace {

using cli::testing::Call;
using cli::testing::Outcome;
using ::testing::HasSubstr;

const std::string kTestdata = std::string(BAILIFF_SOURCE_DIR) + "/cli/testdata/diff/";

Outcome Diff(const std::string& name, std::vector<std::string> options = {}) {
    std::vector<std::string> arguments = {"diff", kTestdata + name + ".old.yaml",
                                          kTestdata + name + ".new.yaml", "--seed", "1"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return Call(arguments);
}

TEST(Diff, Goldens) {
    for (const char* name : {"rules", "promoted", "same"}) {
        const Outcome outcome = Diff(name, {"--samples", "1000"});
        EXPECT_EQ(outcome.exit, name == std::string("same") ? kOk : kNo);
        golden::Expect(kTestdata + name + ".txt", cli::testing::Without(kTestdata, outcome.out));
    }
}

TEST(Diff, Json) {
    const auto json = nlohmann::json::parse(Diff("rules", {"--json"}).out);
    EXPECT_EQ(json["same_on_all_tried"], false);
    EXPECT_EQ(json["tried"]["seed"], 1);
    EXPECT_EQ(json["tried"]["random"], 10000);
    EXPECT_EQ(json["differences"][0]["change"], "now denied");
    EXPECT_EQ(json["differences"][0]["rule"]["policy"], "keys");
    EXPECT_EQ(json["differences"][0]["example"]["before"], "allow");
}

// Without --seed another each time, and told, so that it can be repeated.
TEST(Diff, PrintsItsSeed) {
    const Outcome outcome =
        Call({"diff", kTestdata + "same.old.yaml", kTestdata + "same.new.yaml"});
    EXPECT_EQ(outcome.exit, kOk);
    EXPECT_THAT(outcome.out, HasSubstr("10000 random ones (--seed "));
    EXPECT_THAT(outcome.out, HasSubstr("That is no proof"));
}

TEST(Diff, InvalidPoliciesAreToldOfBothSides) {
    const std::string bad =
        std::string(BAILIFF_SOURCE_DIR) + "/policy/testdata/diagnostics/modes.yaml";
    const Outcome outcome = Call({"diff", kTestdata + "same.old.yaml", bad});
    EXPECT_EQ(outcome.exit, kInvalid);
    EXPECT_THAT(outcome.err, HasSubstr("unknown mode"));
    EXPECT_EQ(Call({"diff", bad}).exit, kUsage);
}

}  // namespace
}  // namespace bailiff::cli
