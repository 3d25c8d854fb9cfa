// SPDX-License-Identifier: Apache-2.0
//
// What an attacker who is root and talks to bpf() directly could do; `bailiff verify` must notice.
//
//   behind_the_guard         take the policy out of the slot for a moment, switch ftrace off while
//                            the guard sees nothing enforced, and put the policy back: everything
//                            looks as before and nothing is enforced
//   behind_the_guard image   publish another image under the same generation and digest
//
// Only in the rig's VM.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

#include "base/fd.h"
#include "enforce/deployment.h"
#include "enforce/pins.h"
#include "tests/vm/programs/test_vm.h"

namespace {

using bailiff::Result;
using bailiff::Status;
namespace enforce = bailiff::enforce;

Status SwitchOff() {
    enforce::Deployment deployment = TRY(enforce::Deployment::Adopt(enforce::kDirectory));
    enforce::ImageMap image = TRY(deployment.Published());
    TRY_STATUS(deployment.PublishEmpty());
    const bailiff::Fd file(open("/proc/sys/kernel/ftrace_enabled", O_WRONLY | O_CLOEXEC));
    const int error = file && write(file.get(), "0\n", 2) == 2 ? 0 : errno;
    TRY_STATUS(deployment.Publish(image));
    if (error) return bailiff::FailErrno("kernel.ftrace_enabled", error);
    return {};
}

Status ReplaceImage() {
    enforce::Deployment deployment = TRY(enforce::Deployment::Adopt(enforce::kDirectory));
    enforce::ImageMap image = TRY(deployment.Published());
    auto blocks = image.view().blocks();
    bailiff::policy::Image doctored{{blocks.begin(), blocks.end()}};
    auto* root = reinterpret_cast<blf_root*>(&doctored.blocks[BLF_BLOCK_ROOT]);
    root->object_root = BLF_DEAD;
    root->tag_blocks = 0;
    enforce::ImageMap other = TRY(enforce::ImageMap::Create(doctored));
    return deployment.Publish(other);
}

}  // namespace

int main(int argc, char** argv) {
    if (!bailiff::InTestVm()) {
        std::fprintf(stderr, "behind_the_guard runs in the rig's VM only (./dev vm)\n");
        return 99;
    }
    bool image = argc == 2 && std::string(argv[1]) == "image";
    Status done = image ? ReplaceImage() : SwitchOff();
    if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return done ? 0 : 1;
}
