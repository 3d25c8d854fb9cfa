// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

namespace bailiff::cli {

const std::vector<Command>& Commands() {
    static const std::vector<Command> commands = {
        {"doctor", "Can this kernel enforce? What is missing, and how to get it", DeclareDoctor},
        {"check", "Find every mistake in policy files; prints nothing when they are good",
         DeclareCheck},
        {"test", "Do policies give the verdicts that a file of expectations wants?", DeclareTest},
        {"diff", "Which requests become denied or allowed when policies change", DeclareDiff},
        {"apply", "Put policies in force, prove it, and exit; enforcement stays", DeclareApply},
        {"run", "Run one command under policies, and only it and what it starts", DeclareRun, true},
        {"status", "What is in force: policies, hits, hooks, the last proof", DeclareStatus},
        {"verify", "Prove again that the kernel asks and obeys", DeclareVerify},
        {"explain", "The verdict on one request, and why", DeclareExplain},
        {"show", "The compiled image of policy files, or of what is in force", DeclareShow},
        {"off", "Stop enforcing, at once", DeclareOff},
    };
    return commands;
}

}  // namespace bailiff::cli
