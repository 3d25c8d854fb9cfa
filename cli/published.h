// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/policy_files.h"
#include "policy/image.h"

namespace bailiff::cli {

// Does `work` with the image of these files, or with the published one when there are none. Tells
// what kept it from that, and returns the exit code.
int WithImage(const std::vector<std::string>& files, Links links,
              const std::function<int(const policy::ImageView&)>& work);

}  // namespace bailiff::cli
