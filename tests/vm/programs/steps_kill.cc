// SPDX-License-Identifier: Apache-2.0
//
// Links `bailiff-dying`: the product, which dies by SIGKILL at the step that BAILIFF_DIE_AT names,
// or lists every step it passes when that is "?"; and which from the step that BAILIFF_STARVE_AT
// names on gets no more memory, the kernel's for it included. Only in the rig's VM.
#include <malloc.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
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

// Leaves the program's own pages room to come back, and no map of a large image.
constexpr long kRoom = 2 << 20;

// Of a cgroup of its own, in which the case started it. What could be given back is given back
// first: freed heap, and pages of files, which are charged to whoever touched them first. A limit
// with those in it has room for an image on one run and none on the next.
void Starve() {
    std::string group;
    std::getline(std::ifstream("/proc/self/cgroup"), group);
    const std::string directory = "/sys/fs/cgroup" + group.substr(group.rfind(':') + 1);
    malloc_trim(0);
    // Fails with EAGAIN when less than that was found, as it must be.
    std::ofstream(directory + "/memory.reclaim") << "1G" << std::flush;
    long current = 0;
    std::ifstream(directory + "/memory.current") >> current;
    std::ofstream limit(directory + "/memory.max");
    limit << current + kRoom << std::flush;
    if (current > 0 && limit) return;
    std::fprintf(stderr, "bailiff-dying: no memory limit in %s\n", directory.c_str());
    std::_Exit(98);
}

}  // namespace

void AtStep(std::string_view step) {
    const char* starve = std::getenv("BAILIFF_STARVE_AT");
    if (starve && starve == step) Starve();
    const char* wanted = std::getenv("BAILIFF_DIE_AT");
    if (!wanted) return;
    if (std::string_view(wanted) == "?") {
        std::fprintf(stderr, "step %.*s\n", static_cast<int>(step.size()), step.data());
    } else if (wanted == step) {
        raise(SIGKILL);
    }
}

}  // namespace bailiff::enforce
