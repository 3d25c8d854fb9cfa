// SPDX-License-Identifier: Apache-2.0
//
// What `explain --trace` adds.
#pragma once

#include <string>

#include "cli/output.h"
#include "policy/trace.h"

namespace bailiff::cli {

// Rules as POLICY/NUMBER. The text names the first few of a long list; the JSON has all.
std::string TraceToText(const policy::ImageView& image, const policy::Trace& trace);
Json TraceToJson(const policy::ImageView& image, const policy::Trace& trace);

}  // namespace bailiff::cli
