// SPDX-License-Identifier: Apache-2.0
//
// The places at which an applying process may die, named. Each executable says what happens there
// by linking one definition: nothing (enforce/steps/none.cc), or in the VM's own build death on
// request (tests/vm/steps_kill.cc). "Killed at any step, nothing is half applied" is tested there.
#pragma once

#include <string_view>

namespace bailiff::enforce {

void AtStep(std::string_view step);

}  // namespace bailiff::enforce
