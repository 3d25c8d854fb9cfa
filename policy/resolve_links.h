// SPDX-License-Identifier: Apache-2.0
//
// Symbolic links in the text of a policy. The kernel asks about the paths that links lead to, so a
// rule on /bin/x would never match where /bin is a link to usr/bin: when policies are published
// each pattern whose beginning goes through links gets a second spelling, /usr/bin/x, and the first
// stays (it matches where the link is none). What the links were is kept in the image, and `verify`
// looks again.
//
// Only what the text spells out is followed: up to the first component with a glob or `**`.
// Not followed:
//   - links that are not root's: whoever owns one could have any file of the system denied;
//   - what is in /proc, where links differ from process to process.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/symlink.h"
#include "policy/diagnostic.h"
#include "policy/image.h"
#include "policy/model.h"
#include "policy/source.h"

namespace bailiff::policy {

using LinkLookup = std::function<LinkLook(const std::string& path)>;

// Where paths lead. Every directory is looked at once, and nothing below one that is missing.
class LinkResolver {
  public:
    explicit LinkResolver(LinkLookup look) : look_(std::move(look)) {}

    // After kNotRoots and kUnknown the rest of the path is taken as it is written; by a path with
    // kLoop or kTooLong nothing can be opened.
    enum class Problem { kNone, kNotRoots, kUnknown, kLoop, kTooLong };
    struct Place {
        std::string path;       // where it leads
        bool ends = false;      // missing, or not to be followed: nothing below is looked at
        std::string link;       // the longest beginning of what was asked that is itself a link
        std::string link_path;  // where that one leads
        Problem problem = Problem::kNone;
        std::string problem_at;  // the path that has it
        int error = 0;           // of kUnknown

        bool leads_nowhere() const { return problem >= Problem::kLoop; }
    };

    // `path` is absolute, without `.` and `..`.
    Place Resolve(std::string_view path);

  private:
    Place Directory(std::string_view path, int depth);
    Place Enter(const Place& parent, std::string_view path, std::string_view name, int depth);
    Place Follow(const Place& parent, std::string_view target, int depth);

    LinkLookup look_;
    std::map<std::string, Place, std::less<>> directories_;
};

struct ResolvedPattern {
    Span where;
    std::string written;
    std::string resolved;
};

// Adds the second spellings to the policies, with the links (model.h). What cannot be followed is
// told as a warning and stays as it is written. Spellings that take too much memory are an error.
std::vector<ResolvedPattern> ResolveLinks(std::vector<Policy>* policies, LinkLookup look,
                                          Diagnostics* diagnostics);

struct StaleLink {
    LinkRecord link;
    std::string now;  // where it leads now, or why that cannot be told
};

// The links that do not lead any more to where they led.
std::vector<StaleLink> FindStaleLinks(const std::vector<LinkRecord>& links, LinkLookup look);

}  // namespace bailiff::policy
