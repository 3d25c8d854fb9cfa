// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include <iostream>

#include "cli/command.h"
#include "cli/version.h"

namespace bailiff::cli {
namespace {

constexpr const char* kAbout =
    "bailiff: the kernel asks, the policy gives the verdict, the bailiff enforces it.\n"
    "Mandatory access control with BPF LSM. Start with `bailiff doctor`.";

constexpr const char* kFooter =
    "Exit codes: 0 ok; 1 the answer is no; 2 usage; 3 cannot tell; 4 no privilege;\n"
    "5 the policy is invalid; 6 the kernel lacks something or did not obey; 70 internal.\n"
    "Data goes to stdout, messages to stderr. `bailiff COMMAND --help` tells more.";

}  // namespace

int Run(int argc, char** argv) {
    CLI::App app(kAbout, "bailiff");
    app.footer(kFooter);
    app.set_version_flag("--version", std::string("bailiff ") + kVersion);
    app.require_subcommand(1);
    std::vector<std::pair<CLI::App*, Work>> declared;
    for (const Command& command : Commands()) {
        CLI::App* sub = app.add_subcommand(command.name, command.summary);
        declared.emplace_back(sub, command.declare(sub));
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // --help and --version arrive here too, with code 0.
        return app.exit(error, std::cout, std::cerr) == 0 ? kOk : kUsage;
    }
    for (auto& [sub, work] : declared) {
        if (sub->parsed()) return work();
    }
    return kUsage;
}

}  // namespace bailiff::cli
