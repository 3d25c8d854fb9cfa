// SPDX-License-Identifier: Apache-2.0
//
// Links `bailiff-dying`: the product, which dies by SIGKILL at the step that BAILIFF_DIE_AT names,
// or lists every step it passes when that is "?". Only in the rig's VM.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "enforce/steps.h"
#include "tests/vm/programs/test_vm.h"

namespace bailiff::enforce {
namespace {

// Before main(), so that nothing is loaded anywhere else.
[[gnu::constructor]] void RefuseOutsideTheVm() {
    if (InTestVm()) return;
    std::fprintf(stderr, "bailiff-dying runs in the rig's VM only (./dev vm)\n");
    std::_Exit(99);
}

}  // namespace

void AtStep(std::string_view step) {
    const char* wanted = std::getenv("BAILIFF_DIE_AT");
    if (!wanted) return;
    if (std::string_view(wanted) == "?") {
        std::fprintf(stderr, "step %.*s\n", static_cast<int>(step.size()), step.data());
    } else if (wanted == step) {
        raise(SIGKILL);
    }
}

}  // namespace bailiff::enforce
