// SPDX-License-Identifier: Apache-2.0
//
// The outcome of `bailiff test`, in the forms that people and machines read.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/output.h"
#include "policy/run_expectations.h"

namespace bailiff::cli {

struct TestedFile {
    std::string name;
    std::vector<policy::TestResult> results;

    size_t failed() const;
};

// What failed, a line for each file, and the counts.
std::string TestsToText(const std::vector<TestedFile>& files);
Json TestsToJson(const std::vector<TestedFile>& files);
// Test Anything Protocol, version 14.
std::string TestsToTap(const std::vector<TestedFile>& files);
// JUnit's XML, as CI systems read it: a suite for each file.
std::string TestsToJunit(const std::vector<TestedFile>& files);

}  // namespace bailiff::cli
