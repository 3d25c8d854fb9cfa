// SPDX-License-Identifier: Apache-2.0
//
// A command is a function that adds itself to the command line and, when chosen, a function that
// does the work and returns the exit code. cli/commands.cc is the table of all of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "cli/exit_code.h"

namespace bailiff::cli {

using Work = std::function<int()>;

struct Command {
    const char* name;
    const char* summary;
    // Declares options and arguments; what they are bound to lives as long as the Work.
    Work (*declare)(CLI::App* app);
};

const std::vector<Command>& Commands();

Work DeclareDoctor(CLI::App* app);
Work DeclareCheck(CLI::App* app);
Work DeclareTest(CLI::App* app);
Work DeclareDiff(CLI::App* app);
Work DeclareApply(CLI::App* app);
Work DeclareStatus(CLI::App* app);
Work DeclareVerify(CLI::App* app);
Work DeclareExplain(CLI::App* app);
Work DeclareShow(CLI::App* app);
Work DeclareOff(CLI::App* app);

}  // namespace bailiff::cli
