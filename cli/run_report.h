// SPDX-License-Identifier: Apache-2.0
//
// What `bailiff run` says when the command has ended: which rules denied it something, or would
// have, and how often it could not be decided.
#pragma once

#include <string>

#include "cli/output.h"
#include "policy/image.h"

namespace bailiff::cli {

std::string RunReportText(const policy::ImageView& image);
// {"rules": [as of CountedRuleJson()], "undecidable"}; rules that counted.
Json RunReportJson(const policy::ImageView& image);

}  // namespace bailiff::cli
