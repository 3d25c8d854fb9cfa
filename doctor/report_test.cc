// SPDX-License-Identifier: Apache-2.0
//
// Each directory of testdata/ is a machine; <name>.txt is what `doctor` and `doctor --fix` say
// there, to the character. BAILIFF_UPDATE_GOLDEN=1 writes them anew: read the difference.
#include "doctor/report.h"

#include <gtest/gtest.h>

#include <cctype>
#include <ostream>

#include "doctor/fixture.h"

namespace bailiff::doctor {
namespace {

struct Case {
    const char* name;
    FixKind fix = FixKind::kNothing;
    std::optional<ErrorKind> refusal = std::nullopt;
    FixtureTypes types = FixtureTypes::kSound;
};

void PrintTo(const Case& machine, std::ostream* out) {
    *out << machine.name;
}

class ReportTest : public testing::TestWithParam<Case> {};

TEST_P(ReportTest, SaysWhatTheGoldenFileSays) {
    Fixture machine(GetParam().name, GetParam().types);
    Examination examination = Examine(machine.root());
    std::string said =
        RenderText(examination) + "\n$ bailiff doctor --fix\n" + DescribePlan(examination.plan);
    ExpectGolden(GetParam().name, said);
    EXPECT_EQ(examination.plan.kind, GetParam().fix);
    EXPECT_EQ(examination.conclusion.refusal, GetParam().refusal);
}

TEST_P(ReportTest, ApplyIsRefusedExactlyWhenDoctorRefuses) {
    Fixture machine(GetParam().name, GetParam().types);
    Examination examination = Examine(machine.root());
    Status status = HardRequirements(examination.facts);
    EXPECT_EQ(status.has_value(), !GetParam().refusal.has_value());
    std::string refusal = status ? "" : status.error().message;
    EXPECT_EQ(refusal.empty(), status.has_value());
}

TEST_P(ReportTest, JsonSaysTheSame) {
    Fixture machine(GetParam().name, GetParam().types);
    Examination examination = Examine(machine.root());
    nlohmann::json json = RenderJson(examination);
    EXPECT_EQ(json["can_enforce"], !GetParam().refusal.has_value());
    EXPECT_EQ(json["conclusion"], examination.conclusion.text);
    ASSERT_EQ(json["requirements"].size(), examination.findings.size());
    EXPECT_EQ(json["requirements"][0]["name"], "kernel");
    EXPECT_EQ(json["fix"]["lsm"], examination.plan.lsm);
}

constexpr auto kKernel = ErrorKind::kKernel;
INSTANTIATE_TEST_SUITE_P(
    Machines, ReportTest,
    testing::Values(Case{"debian-12"}, Case{"hidden-symbols"},
                    Case{"ubuntu-24.04", FixKind::kWrite, kKernel},
                    Case{"lsm-in-grub", FixKind::kWrite, kKernel},
                    Case{"security-apparmor", FixKind::kWrite, kKernel},
                    Case{"later-drop-in", FixKind::kConflict, kKernel},
                    Case{"reset-later", FixKind::kConflict, kKernel},
                    Case{"already-written", FixKind::kRebootDue, kKernel},
                    Case{"not-yet-updated", FixKind::kWrite, kKernel},
                    Case{"foreign-lines", FixKind::kWrite, kKernel},
                    Case{"systemd-boot", FixKind::kByHand, kKernel},
                    Case{"fedora-grubby", FixKind::kByHand, kKernel},
                    Case{"arch-grub", FixKind::kByHand, kKernel},
                    Case{"unknown-loader", FixKind::kByHand, kKernel},
                    Case{"no-bpf-lsm", FixKind::kImpossible, kKernel},
                    Case{"booted-in-vain", FixKind::kImpossible, kKernel},
                    Case{"no-securityfs", FixKind::kImpossible, kKernel},
                    Case{"no-bpffs", FixKind::kNothing, kKernel},
                    Case{"ftrace-off", FixKind::kNothing, kKernel},
                    Case{"jit-off", FixKind::kNothing, kKernel},
                    Case{"lockdown-confidentiality", FixKind::kNothing, kKernel},
                    Case{"no-btf", FixKind::kNothing, kKernel, FixtureTypes::kNone},
                    Case{"other-hooks", FixKind::kNothing, kKernel, FixtureTypes::kOtherHooks},
                    Case{"no-capability", FixKind::kNothing, ErrorKind::kNoPrivilege},
                    Case{"no-sys-admin", FixKind::kNothing, ErrorKind::kNoPrivilege},
                    Case{"in-container", FixKind::kNothing, ErrorKind::kNoPrivilege},
                    Case{"debian-11", FixKind::kWrite, kKernel, FixtureTypes::kNoLoop}),
    [](const auto& machine) {
        std::string name = machine.param.name;
        for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
        return name;
    });

}  // namespace
}  // namespace bailiff::doctor
