// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/output.h"
#include "cli/policy_files.h"
#include "policy/image.h"

namespace bailiff::cli {

// Does `work` with the image of these files, or with the published one when there are none. `told`
// is what a report as JSON says beside its own answer: {"diagnostics": …} of files, else {}. Tells
// what kept it from that, and returns the exit code.
using ImageWork = std::function<int(const policy::ImageView& image, const Json& told)>;
int WithImage(const std::vector<std::string>& files, Links links, bool json, const ImageWork& work);

}  // namespace bailiff::cli
