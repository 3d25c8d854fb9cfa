// SPDX-License-Identifier: Apache-2.0
//
// What an attacker who is root and talks to bpf() directly could do: take the policy out of the
// slot for a moment, switch ftrace off while the guard sees nothing enforced, and put the policy
// back. Everything looks as before and nothing is enforced; `bailiff verify` must notice.
// Only in the rig's VM.
#include <cstdio>
#include <string>

#include "base/file.h"
#include "enforce/deployment.h"
#include "enforce/pins.h"

namespace {

using bailiff::Result;
using bailiff::Status;
namespace enforce = bailiff::enforce;

bool InTestVm() {
    Result<std::string> line = bailiff::ReadFile("/proc/cmdline");
    return line &&
           (" " + std::string(bailiff::TrimEnd(*line)) + " ").contains(" bailiff.testvm=1 ");
}

Status SwitchOff() {
    enforce::Deployment deployment = TRY(enforce::Deployment::Adopt(enforce::kDirectory));
    enforce::ImageMap image = TRY(deployment.Published());
    TRY_STATUS(deployment.PublishEmpty());
    FILE* file = std::fopen("/proc/sys/kernel/ftrace_enabled", "we");
    bool written = file && std::fputs("0\n", file) >= 0;
    if (file && std::fclose(file) != 0) written = false;
    TRY_STATUS(deployment.Publish(image));
    if (!written) return bailiff::FailErrno("kernel.ftrace_enabled");
    return {};
}

}  // namespace

int main() {
    if (!InTestVm()) {
        std::fprintf(stderr, "behind_the_guard runs in the rig's VM only (./dev vm)\n");
        return 99;
    }
    Status done = SwitchOff();
    if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return done ? 0 : 1;
}
