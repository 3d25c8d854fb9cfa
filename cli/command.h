// SPDX-License-Identifier: Apache-2.0
//
// A command is a function that adds itself to the command line and, when chosen, a function that
// does the work and returns the exit code. cli/commands.cc is the table of all of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/exit_code.h"

namespace bailiff::cli {

using Work = std::function<int()>;

struct Command {
    const char* name;
    const char* summary;
    // Declares options and arguments; what they are bound to lives as long as the Work.
    Work (*declare)(Arguments arguments);
    // Is what stands behind `--` a command of its own (Arguments::OtherCommand())?
    bool runs_another = false;
};

const std::vector<Command>& Commands();

Work DeclareDoctor(Arguments arguments);
Work DeclareCheck(Arguments arguments);
Work DeclareTest(Arguments arguments);
Work DeclareDiff(Arguments arguments);
Work DeclareApply(Arguments arguments);
Work DeclareRun(Arguments arguments);
Work DeclareStatus(Arguments arguments);
Work DeclareVerify(Arguments arguments);
Work DeclareExplain(Arguments arguments);
Work DeclareShow(Arguments arguments);
Work DeclareOff(Arguments arguments);

}  // namespace bailiff::cli
