// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/read_files.h"
#include "policy/accounts.h"
#include "policy/compile.h"
#include "policy/diagnostic.h"
#include "policy/image.h"
#include "policy/resolve_links.h"
#include "policy/source.h"
#include "policy/tags.h"

namespace bailiff::cli {

// What --help says of FILE.
inline constexpr const char* kFilesHelp =
    "Policy files, directories of *.yaml and *.yml, or - for stdin";
inline constexpr const char* kFilesOrPublishedHelp =
    "Policy files, directories of them, or -; without any, what is in force";

// The users and groups of this machine.
policy::Accounts HostAccounts();

// The policies that the arguments name; of directories, those that are no tests.
FilesRead ReadSources(const std::vector<std::string>& arguments);

// Whether symbolic links in the policies are followed on this host (policy/resolve_links.h), as
// `apply` does; without, the same files give the same image on every machine.
enum class Links { kAsWritten, kFollowed };

inline Links LinksFor(bool resolve) {
    return resolve ? Links::kFollowed : Links::kAsWritten;
}
inline constexpr const char* kResolveHelp = "Follow symbolic links of this machine, as apply does";

struct Terms {
    Links links = Links::kAsWritten;
    bool audit = false;  // every policy in audit mode, whatever it says

    Terms(Links follow, bool only_audit = false) : links(follow), audit(only_audit) {}
};

// From arguments to an image. Mistakes in the policies are in `diagnostics` and the image is
// nothing; an Error is what kept us from reading them.
struct Compiled {
    policy::Sources sources;
    policy::Diagnostics diagnostics;
    std::optional<policy::Image> image;
    std::vector<policy::ResolvedPattern> resolved;  // patterns through links, when followed
    std::vector<std::string> literal_paths;         // that rules name
};
Compiled CompileSources(policy::Sources sources, const Terms& terms,
                        const policy::CompileLimits& limits = {},
                        const policy::StateUnions& unions = {});
Result<Compiled> CompileFiles(const std::vector<std::string>& arguments,
                              const Terms& terms = Links::kAsWritten);

}  // namespace bailiff::cli
