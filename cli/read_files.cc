// SPDX-License-Identifier: Apache-2.0
#include "cli/read_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/fd.h"
#include "base/file.h"
#include "policy/text_check.h"

namespace bailiff::cli {
namespace {

namespace fs = std::filesystem;

// Where the file is whatever the reader's directory. `..` is resolved as the kernel would, behind
// symbolic links; links without it stay as they were named.
std::string PlaceOf(const std::string& path) {
    std::error_code failed;
    fs::path whole = fs::absolute(path, failed);
    if (failed) return path;
    if (std::ranges::find(whole, "..") != whole.end()) whole = fs::weakly_canonical(whole, failed);
    return failed ? path : whole.lexically_normal().string();
}

Result<std::string> ReadText(int fd, const std::string& name) {
    return ReadUpTo(fd, policy::kMaxFileBytes + 1, name);
}

Result<policy::Source> ReadSource(const std::string& path) {
    if (path == "-") {
        std::string text = TRY(ReadText(STDIN_FILENO, "standard input"));
        return policy::Source{"<stdin>", std::move(text), {}};
    }
    const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return FailErrno(path);
    std::string text = TRY(ReadText(fd.get(), path));
    return policy::Source{path, std::move(text), PlaceOf(path)};
}

Result<std::vector<std::string>> YamlFilesOf(const std::string& directory) {
    std::vector<std::string> files;
    std::error_code failed;
    for (fs::directory_iterator it(directory, failed), end; !failed && it != end;
         it.increment(failed)) {
        const std::string extension = it->path().extension();
        if (extension == ".yaml" || extension == ".yml") files.push_back(it->path());
    }
    if (failed) return FailErrno(directory, failed.value());
    std::ranges::sort(files);
    return files;
}

// False also for what cannot be looked at: reading it as a file tells why.
bool IsDirectory(const std::string& path) {
    std::error_code failed;
    return path != "-" && fs::is_directory(path, failed);
}

class Reader {
  public:
    explicit Reader(const Kind& kind) : kind_(kind) {}

    void Read(const std::string& argument) {
        if (IsDirectory(argument)) return ReadDirectory(argument);
        if (auto source = ReadSource(argument)) {
            read_.sources.push_back(std::move(*source));
        } else {
            Fail(source.error());
        }
    }

    FilesRead Take() { return std::move(read_); }

  private:
    // No command that reads policies wants to be run as root: no failure is a want of privilege.
    void Fail(Error error) {
        error.kind = ErrorKind::kUsage;
        read_.failures.push_back(std::move(error));
    }

    void ReadDirectory(const std::string& directory) {
        const Result<std::vector<std::string>> files = YamlFilesOf(directory);
        if (!files) return Fail(files.error());
        bool any = false;
        for (const std::string& file : *files) {
            Result<policy::Source> source = ReadSource(file);
            any |= !source || kind_.is_meant(*source);
            if (!source) {
                Fail(source.error());
            } else if (kind_.is_meant(*source)) {
                read_.sources.push_back(std::move(*source));
            }
        }
        if (!any) Fail({ErrorKind::kUsage, directory + kind_.nothing, kind_.remedy});
    }

    const Kind& kind_;
    FilesRead read_;
};

}  // namespace

FilesRead ReadFiles(const std::vector<std::string>& arguments, const Kind& kind) {
    Reader reader(kind);
    for (const std::string& argument : arguments) reader.Read(argument);
    return reader.Take();
}

Result<policy::Sources> Whole(FilesRead read) {
    if (read.failures.empty()) return std::move(read.sources);
    Error all = read.failures.front();
    for (size_t i = 1; i < read.failures.size(); i++) {
        all.message += "; " + read.failures[i].message;
        if (all.remedy.empty()) all.remedy = read.failures[i].remedy;
    }
    return std::unexpected(std::move(all));
}

}  // namespace bailiff::cli
