// SPDX-License-Identifier: Apache-2.0
#include "cli/run_program.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "fmt/format.h"

extern char** environ;

namespace bailiff::cli {

Status RunProgram(const std::vector<std::string>& command, bool quiet_stdout) {
    std::vector<char*> arguments;
    for (const std::string& argument : command) {
        arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    std::fflush(stdout);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (quiet_stdout) {
        posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    }
    pid_t child = 0;
    const int error =
        posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error) return Fail(ErrorKind::kSystem, std::strerror(error));
    int status = 0;
    if (waitpid(child, &status, 0) != child) return FailErrno("waiting for it");
    if (status == 0) return {};
    return Fail(ErrorKind::kSystem, WIFEXITED(status)
                                        ? fmt::format("exit status {}", WEXITSTATUS(status))
                                        : fmt::format("killed by signal {}", WTERMSIG(status)));
}

}  // namespace bailiff::cli
