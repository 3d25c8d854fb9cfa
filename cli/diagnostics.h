// SPDX-License-Identifier: Apache-2.0
//
// How commands tell what is wrong with policies.
#pragma once

#include "cli/output.h"
#include "cli/policy_files.h"

namespace bailiff::cli {

// [{"severity", "file", "line", "column", "message", "hint"}], sorted by place.
Json DiagnosticsJson(const Compiled& compiled);

// For policies that did not compile: as JSON {"valid": false, "diagnostics": …, "error": …}, as
// text the diagnostics and then `conclusion`. Returns kInvalid.
int PrintInvalid(const Compiled& compiled, bool json, std::string_view conclusion = {});

}  // namespace bailiff::cli
