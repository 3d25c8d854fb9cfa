// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"
#include "cli/program.h"

int main(int argc, char** argv) {
    bailiff::cli::HoldStandardStreams();
    return bailiff::cli::Run(argc, argv);
}
