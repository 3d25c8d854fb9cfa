// SPDX-License-Identifier: Apache-2.0
#include "cli/policy_files.h"

#include <grp.h>
#include <pwd.h>

#include <utility>

#include "base/symlink.h"
#include "policy/compile.h"
#include "policy/expectations.h"
#include "policy/read_policy.h"

namespace bailiff::cli {

policy::Accounts HostAccounts() {
    return {[](std::string_view name) -> std::optional<uint32_t> {
                const passwd* user = getpwnam(std::string(name).c_str());
                if (!user) return std::nullopt;
                return user->pw_uid;
            },
            [](std::string_view name) -> std::optional<uint32_t> {
                const group* found = getgrnam(std::string(name).c_str());
                if (!found) return std::nullopt;
                return found->gr_gid;
            }};
}

FilesRead ReadSources(const std::vector<std::string>& arguments) {
    // Tests lie beside policies.
    return ReadFiles(arguments,
                     {[](const policy::Source& source) { return !policy::IsExpectations(source); },
                      ": no policy in it", "policies are files named *.yaml or *.yml"});
}

Compiled CompileSources(policy::Sources sources, const Terms& terms,
                        const policy::CompileLimits& limits, const policy::StateUnions& unions) {
    Compiled compiled;
    compiled.sources = std::move(sources);
    auto policies = policy::ReadPolicies(compiled.sources, HostAccounts(), &compiled.diagnostics);
    if (!compiled.diagnostics.has_errors()) {
        for (policy::Policy& policy : policies) {
            if (terms.audit) policy.mode = policy::Mode::kAudit;
        }
        if (terms.links == Links::kFollowed) {
            compiled.resolved = policy::ResolveLinks(&policies, LookAtLink, &compiled.diagnostics);
            if (compiled.diagnostics.has_errors()) return compiled;
        }
        compiled.literal_paths = policy::LiteralPaths(policies);
        compiled.image = policy::Compile(std::move(policies), compiled.sources,
                                         &compiled.diagnostics, limits, unions);
    }
    return compiled;
}

Result<Compiled> CompileFiles(const std::vector<std::string>& arguments, const Terms& terms) {
    policy::Sources sources = TRY(Whole(ReadSources(arguments)));
    return CompileSources(std::move(sources), terms);
}

}  // namespace bailiff::cli
