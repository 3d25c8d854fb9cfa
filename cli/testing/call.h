// SPDX-License-Identifier: Apache-2.0
//
// Commands as a shell would call them, for tests: exit code and both outputs, and a directory to
// have files in.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/testing/golden.h"
#include "cli/program.h"

namespace bailiff::cli::testing {

struct Outcome {
    int exit = -1;
    std::string out;
    std::string err;
};

// With stdout and stderr where they are.
inline int Start(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "bailiff");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    return Run(static_cast<int>(argv.size()), argv.data());
}

inline Outcome Call(const std::vector<std::string>& arguments) {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    Outcome outcome;
    outcome.exit = Start(arguments);
    std::fflush(stdout);
    outcome.out = ::testing::internal::GetCapturedStdout();
    outcome.err = ::testing::internal::GetCapturedStderr();
    return outcome;
}

// The text with every `part` taken out.
inline std::string Without(const std::string& part, std::string text) {
    for (size_t at; (at = text.find(part)) != std::string::npos;) text.erase(at, part.size());
    return text;
}

class DirectoryTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string name = ::testing::TempDir() + "cli_test.XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    // Its path.
    std::string Write(const std::string& name, std::string_view text) const {
        const std::filesystem::path path = directory_ + "/" + name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }
    std::string Read(const std::string& name) const {
        return golden::ReadWhole(directory_ + "/" + name);
    }
    // The text without the directory's name.
    std::string Bare(std::string text) const { return Without(directory_ + "/", std::move(text)); }

    std::string directory_;
};

}  // namespace bailiff::cli::testing
