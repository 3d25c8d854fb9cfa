// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "policy/diagnostic.h"
#include "policy/image.h"
#include "policy/source.h"

namespace bailiff::cli {

// What --help says of FILE.
inline constexpr const char* kFilesHelp =
    "Policy files, directories of *.yaml and *.yml, or - for stdin";
inline constexpr const char* kFilesOrPublishedHelp =
    "Policy files, directories of them, or -; without any, what is in force";

// The number of a user of this machine.
std::optional<uint32_t> UserNumber(std::string_view name);

// What the arguments name: files, `-` for standard input, and of directories every *.yaml and
// *.yml directly in it, sorted by name.
Result<policy::Sources> ReadSources(const std::vector<std::string>& arguments);

// From arguments to an image. Mistakes in the policies are in `diagnostics` and the image is
// nothing; an Error is what kept us from reading them.
struct Compiled {
    policy::Sources sources;
    policy::Diagnostics diagnostics;
    std::optional<policy::Image> image;
};
Result<Compiled> CompileFiles(const std::vector<std::string>& arguments);

}  // namespace bailiff::cli
