// SPDX-License-Identifier: Apache-2.0
//
// Digests of files as patterns: a path of one component, which is the digest in hexadecimal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/diagnostic.h"
#include "policy/node.h"
#include "policy/path_pattern.h"

namespace bailiff::policy {

// The 64 digits of a SHA-256, lower case; nothing when it is none.
std::optional<std::string> NormalDigest(std::string_view text);

// The pattern of one entry under `exe-sha256`. Nothing when it is wrong, and told.
std::optional<PathPattern> ParseDigest(const Node& node, Diagnostics* diagnostics);

}  // namespace bailiff::policy
