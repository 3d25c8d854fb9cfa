// SPDX-License-Identifier: Apache-2.0
#include "enforce/mount_lock.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <memory>

#include "abi/mount_lock.h"
#include "bpf/mount_lock.skel.h"
#include "enforce/detached_mount.h"
#include "enforce/log.h"

namespace bailiff::enforce {
namespace {

blf_mount_lock_found Ask(int program) {
    blf_mount_lock_found found{};
    LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &found, .ctx_size_in = sizeof(found));
    if (bpf_prog_test_run_opts(program, &run) != 0) return {};
    return found;
}

// Kernels of 7.x take the lock for writing at the end of such a mount only.
void MountAndUnmount() {
    const Result<Fd> mount = MountNowhere();
    static_cast<void>(mount);
}

}  // namespace

uint64_t FindMountLock() {
    LogCapture quiet;
    const std::unique_ptr<mount_lock_bpf, decltype(&mount_lock_bpf::destroy)> skeleton(
        mount_lock_bpf::open_and_load(), &mount_lock_bpf::destroy);
    if (!skeleton) return 0;
    const int program = bpf_program__fd(skeleton->progs.blf_find_mount_lock);
    const blf_mount_lock_found before = Ask(program);
    MountAndUnmount();
    const blf_mount_lock_found after = Ask(program);
    // Something else of that name would not change.
    const bool changed = after.sequence != before.sequence;
    return changed && after.address == before.address ? after.address : 0;
}

}  // namespace bailiff::enforce
