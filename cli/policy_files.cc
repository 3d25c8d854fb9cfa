// SPDX-License-Identifier: Apache-2.0
#include "cli/policy_files.h"

#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>

#include "base/file.h"
#include "base/symlink.h"
#include "policy/compile.h"
#include "policy/expectations.h"
#include "policy/read_policy.h"

namespace bailiff::cli {

// Also where root could have read it: no command that reads policies wants to be run as root.
static std::unexpected<Error> AsUsage(Error error) {
    error.kind = ErrorKind::kUsage;
    return std::unexpected(std::move(error));
}

Result<std::vector<std::string>> YamlFilesOf(const std::string& directory) {
    namespace fs = std::filesystem;
    std::vector<std::string> files;
    std::error_code failed;
    for (fs::directory_iterator it(directory, failed), end; !failed && it != end;
         it.increment(failed)) {
        const std::string extension = it->path().extension();
        if (extension == ".yaml" || extension == ".yml") files.push_back(it->path());
    }
    if (failed) return AsUsage(FailErrno(directory, failed.value()).error());
    std::ranges::sort(files);
    return files;
}

Result<std::string> ReadPolicyFile(const std::string& path) {
    Result<std::string> text = ReadFile(path);
    if (!text) return AsUsage(text.error());
    return text;
}

bool IsDirectory(const std::string& path) {
    std::error_code failed;
    return std::filesystem::is_directory(path, failed);
}

namespace {

// Where the file is whatever the reader's directory. `..` is resolved as the kernel would, behind
// symbolic links; links without it stay as they were named.
std::string PlaceOf(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code failed;
    fs::path whole = fs::absolute(path, failed);
    if (failed) return path;
    if (std::ranges::find(whole, "..") != whole.end()) whole = fs::weakly_canonical(whole, failed);
    return failed ? path : whole.lexically_normal().string();
}

Result<policy::Source> ReadSource(const std::string& path) {
    std::string text = TRY(ReadPolicyFile(path));
    return policy::Source{path, std::move(text), PlaceOf(path)};
}

// The policies directly in it; tests lie beside them.
Result<policy::Sources> ReadDirectory(const std::string& directory) {
    policy::Sources sources;
    std::vector<std::string> files = TRY(YamlFilesOf(directory));
    for (const std::string& file : files) {
        policy::Source source = TRY(ReadSource(file));
        if (!policy::IsExpectations(source)) sources.push_back(std::move(source));
    }
    if (sources.empty()) {
        return Fail(ErrorKind::kUsage, directory + ": no policy in it",
                    "policies are files named *.yaml or *.yml");
    }
    return sources;
}

}  // namespace

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

Result<policy::Sources> ReadSources(const std::vector<std::string>& arguments) {
    policy::Sources sources;
    for (const std::string& argument : arguments) {
        if (argument == "-") {
            std::string text(std::istreambuf_iterator<char>(std::cin), {});
            sources.push_back({"<stdin>", std::move(text), {}});
            continue;
        }
        if (IsDirectory(argument)) {
            policy::Sources directory = TRY(ReadDirectory(argument));
            std::ranges::move(directory, std::back_inserter(sources));
            continue;
        }
        policy::Source source = TRY(ReadSource(argument));
        sources.push_back(std::move(source));
    }
    return sources;
}

Compiled CompileSources(policy::Sources sources, Links links, Review review,
                        const policy::StateUnions& unions) {
    Compiled compiled;
    compiled.sources = std::move(sources);
    auto policies = policy::ReadPolicies(compiled.sources, HostAccounts(), &compiled.diagnostics);
    if (!compiled.diagnostics.has_errors()) {
        if (links == Links::kFollowed) {
            compiled.resolved = policy::ResolveLinks(&policies, LookAtLink, &compiled.diagnostics);
            if (compiled.diagnostics.has_errors()) return compiled;
        }
        compiled.literal_paths = policy::LiteralPaths(policies);
        policy::CompileLimits limits;
        if (review == Review::kYes) limits.review = policy::kReviewWork;
        compiled.image = policy::Compile(std::move(policies), compiled.sources,
                                         &compiled.diagnostics, limits, unions);
    }
    return compiled;
}

Result<Compiled> CompileFiles(const std::vector<std::string>& arguments, Links links,
                              Review review) {
    policy::Sources sources = TRY(ReadSources(arguments));
    return CompileSources(std::move(sources), links, review);
}

}  // namespace bailiff::cli
