// SPDX-License-Identifier: Apache-2.0
//
// Expectations put to an image, by the code that `explain` and the kernel run.
#pragma once

#include <string>
#include <vector>

#include "policy/expectations.h"
#include "policy/image.h"

namespace bailiff::policy {

struct TestResult {
    bool passed = false;
    std::string request;  // "file.read /k/id, exe /usr/bin/cat, uid 1000"
    std::string wanted;   // "deny (EACCES) by keys/1"
    std::string found;    // "allow", "deny (EPERM) by keys/2 at keys.yaml:7"
    Span where;
};

// In the order of the expectations.
std::vector<TestResult> RunExpectations(const ImageView& image, const ExpectationSet& set);

}  // namespace bailiff::policy
