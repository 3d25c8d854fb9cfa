// SPDX-License-Identifier: Apache-2.0
//
// What a kernel must have before bailiff can enforce on it: one row of a table and one small
// function each. `bailiff doctor` shows all of them and `bailiff apply` refuses by the same
// functions, so the check a person ran is the check that guarded the load.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "enforce/probe.h"

namespace bailiff::doctor {

enum class State {
    kOk,
    kWarn,     // advisory only: worth knowing, in the way of nothing
    kFail,     // looked at, and not as it must be
    kUnknown,  // could not be looked at; where it is required this refuses as kFail does
};

// What a requirement is about, and so what it means that it is not met.
enum class Need {
    kKernel,     // nothing can be enforced on this kernel
    kPrivilege,  // this process cannot load programs; another one can
    kAdvice,     // nothing is refused
};

struct Observation {
    State state = State::kOk;
    std::string found;             // never empty
    std::string meaning;           // why it matters; empty when there is nothing to say
    std::vector<std::string> fix;  // what to do, one step or alternative a line
    bool needs_root = false;       // kUnknown only for want of privilege
};

struct Finding : Observation {
    std::string_view name;
    Need need = Need::kKernel;

    bool refuses() const {
        return need != Need::kAdvice && (state == State::kFail || state == State::kUnknown);
    }
};

// The name of the requirement that a boot parameter meets (doctor/fix.h).
inline constexpr std::string_view kActiveLsms = "active LSMs";

// Every requirement, in the order of the table.
std::vector<Finding> CheckRequirements(const enforce::KernelFacts& facts);

// The closing line, and the kind of failure it is (base/error.h) when it is one.
struct Conclusion {
    std::string text;
    std::optional<ErrorKind> refusal;
};
Conclusion Conclude(const std::vector<Finding>& findings);

// What guards `apply`: an error that names all that fails, or when nothing fails all that cannot be
// told; its remedy is one step a line.
Status HardRequirements(const enforce::KernelFacts& facts);

}  // namespace bailiff::doctor
