// SPDX-License-Identifier: Apache-2.0
//
// What a person runs to change the kernel's command line, for boot loaders whose files we leave
// alone.
#pragma once

#include <string>
#include <vector>

#include "doctor/boot_loader.h"

namespace bailiff::doctor {

struct ManualRequest {
    Loader loader;
    std::string lsm;           // the value of lsm=
    std::string command_line;  // of this boot; may be empty
    std::string root;          // goes before the paths that are looked at
    std::string release;       // of this kernel; may be empty
};

// Commands and edits in order, the reboot last. Never empty.
std::vector<std::string> ManualSteps(const ManualRequest& request);

}  // namespace bailiff::doctor
