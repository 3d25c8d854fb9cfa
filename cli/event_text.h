// SPDX-License-Identifier: Apache-2.0
//
// What programs told of a request (abi/event.h), in the words of policies: what would have to be
// allowed for it.
#pragma once

#include <string>
#include <vector>

#include "abi/event.h"
#include "cli/output.h"

namespace bailiff::cli {

// The names of a path; "" where there is no such name.
struct WrittenPath {
    std::string visible;
    std::string canonical;

    // The one that `allow` follows.
    const std::string& name() const { return visible.empty() ? canonical : visible; }
};
WrittenPath PathOf(const blf_written_path& path);

// "file.read   /etc/passwd", a line for each operation that the request needs; none where it needs
// nothing of its own.
std::vector<std::string> EventLines(const blf_event& event);
// The same as objects: "operation"; "path" or "address" and details, by the keys of rules;
// "canonical" where that is another name; "undecidable" where the path could not be told; "exe" and
// "uid" of who asked.
std::vector<Json> EventsJson(const blf_event& event);

}  // namespace bailiff::cli
