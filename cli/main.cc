// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>

#include "cli/output.h"
#include "cli/run.h"

int main(int argc, char** argv) {
    bailiff::cli::HoldStandardStreams();
    try {
        return bailiff::cli::Run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bailiff: internal error: %s\n", error.what());
        return bailiff::cli::kInternal;
    }
}
