// SPDX-License-Identifier: Apache-2.0
//
// How commands tell what is wrong with policies.
#pragma once

#include "cli/output.h"
#include "cli/policy_files.h"

namespace bailiff::cli {

// Tells, one after the other, what is wrong with files that are read apart: as text at once, as
// JSON in the end.
class Telling {
  public:
    explicit Telling(bool json) : json_(json) {}
    void Tell(const policy::Diagnostics& diagnostics, const policy::Sources& sources);
    bool json() const { return json_; }
    const Json& list() const { return list_; }  // of all that was told, as DiagnosticsJson

  private:
    bool json_;
    Json list_ = Json::array();
};

// [{"severity", "file", "line", "column", "message", "hint"}], sorted by place.
Json DiagnosticsJson(const Compiled& compiled);

// For policies that did not compile: as JSON {"valid": false, "diagnostics": …, "error": …}, as
// text the diagnostics and then `conclusion`. `rest` is what the JSON has beside. Returns kInvalid.
int PrintInvalid(const Compiled& compiled, bool json, std::string_view conclusion = {},
                 Json rest = Json::object());

// The same of what was told already.
int PrintInvalid(const Telling& told, std::string_view conclusion = {}, Json rest = Json::object());

}  // namespace bailiff::cli
