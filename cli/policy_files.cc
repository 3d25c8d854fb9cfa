// SPDX-License-Identifier: Apache-2.0
#include "cli/policy_files.h"

#include <pwd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>

#include "base/file.h"
#include "policy/compile.h"
#include "policy/read_policy.h"

namespace bailiff::cli {
namespace {

Result<std::vector<std::string>> FilesOf(const std::string& directory) {
    std::vector<std::string> files;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(directory, failed)) {
        std::string extension = entry.path().extension();
        if (extension == ".yaml" || extension == ".yml") files.push_back(entry.path());
    }
    if (failed) return FailErrno(directory, failed.value());
    if (files.empty()) {
        return Fail(ErrorKind::kUsage, directory + ": no policy in it",
                    "policies are files named *.yaml or *.yml");
    }
    std::ranges::sort(files);
    return files;
}

// A file that cannot be opened is the caller's mistake, not ours.
Result<std::string> ReadPolicyFile(const std::string& path) {
    Result<std::string> text = ReadFile(path);
    if (!text && text.error().kind == ErrorKind::kSystem) text.error().kind = ErrorKind::kUsage;
    return text;
}

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

}  // namespace

std::optional<uint32_t> UserNumber(std::string_view name) {
    const passwd* user = getpwnam(std::string(name).c_str());
    if (!user) return std::nullopt;
    return user->pw_uid;
}

Result<policy::Sources> ReadSources(const std::vector<std::string>& arguments) {
    policy::Sources sources;
    for (const std::string& argument : arguments) {
        if (argument == "-") {
            std::string text(std::istreambuf_iterator<char>(std::cin), {});
            sources.push_back({"<stdin>", std::move(text), {}});
            continue;
        }
        std::vector<std::string> files = {argument};
        if (std::filesystem::is_directory(argument)) files = TRY(FilesOf(argument));
        for (const std::string& file : files) {
            std::string text = TRY(ReadPolicyFile(file));
            sources.push_back({file, std::move(text), PlaceOf(file)});
        }
    }
    return sources;
}

Result<Compiled> CompileFiles(const std::vector<std::string>& arguments) {
    Compiled compiled;
    compiled.sources = TRY(ReadSources(arguments));
    auto policies = policy::ReadPolicies(compiled.sources, UserNumber, &compiled.diagnostics);
    if (!compiled.diagnostics.has_errors()) {
        compiled.image =
            policy::Compile(std::move(policies), compiled.sources, &compiled.diagnostics);
    }
    return compiled;
}

}  // namespace bailiff::cli
