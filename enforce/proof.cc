// SPDX-License-Identifier: Apache-2.0
#include "enforce/proof.h"

#include <bpf/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <ctime>

#include "enforce/hooks.h"
#include "fmt/format.h"

namespace bailiff::enforce {
namespace {

constexpr int kAttempts = 3;

// While it lives, this process is the one that the programs answer.
class Asking {
  public:
    explicit Asking(const Deployment& deployment)
        : deployment_(deployment), self_(static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0))) {
        __atomic_store_n(&deployment_.control()->probing, 1, __ATOMIC_SEQ_CST);
    }
    ~Asking() {
        int key = self_.get();
        bpf_map_delete_elem(deployment_.probes(), &key);
        __atomic_store_n(&deployment_.control()->probing, 0, __ATOMIC_SEQ_CST);
    }
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;

    Status At(blf_hook hook) {
        if (!self_) return FailErrno("pidfd_open");
        int key = self_.get();
        blf_probe probe{.hook = hook + 1U, .pad = 0};
        if (bpf_map_update_elem(deployment_.probes(), &key, &probe, BPF_ANY) != 0) {
            return FailErrno("cannot mark this process for the proof");
        }
        return {};
    }

  private:
    const Deployment& deployment_;
    Fd self_;
};

bool HasVerdict(const HookInfo& hook) {
    return hook.is_lsm() && hook.hook != BLF_HOOK_inode_free_security;
}

HookProof Judge(const HookInfo& hook, int error, uint64_t answers, uint64_t seen,
                uint64_t generation) {
    HookProof result{.hook = std::string(hook.name), .proved = false, .found = {}};
    if (!answers && !error) {
        result.found = "the call succeeded and our program was never asked";
    } else if (!answers) {
        result.found = fmt::format("our program was not asked; something before it refused: {}",
                                   std::strerror(error));
    } else if (HasVerdict(hook) && error != BLF_PROOF_ERRNO) {
        result.found = fmt::format("our program was asked, and not obeyed: {}",
                                   error ? std::strerror(error) : "the call succeeded");
    } else if (seen != generation) {
        result.found =
            fmt::format("our program decided by generation {}, not {}", seen, generation);
    } else {
        result.proved = true;
        result.found = fmt::format("{} asked us{}", hook.attach_point(),
                                   HasVerdict(hook) ? " and obeyed" : "");
    }
    return result;
}

}  // namespace

bool Proof::complete() const {
    return std::ranges::all_of(hooks, &HookProof::proved);
}

Result<Proof> Prove(const Deployment& deployment, const ProofGround& ground, uint64_t generation) {
    Proof proof;
    Asking asking(deployment);
    for (const HookInfo& hook : kHooks) {
        if (!Contains(deployment.hooks(), hook)) continue;
        TRY_STATUS(asking.At(hook.hook));
        const blf_answer& answer = deployment.control()->answer[hook.hook];
        uint64_t before = __atomic_load_n(&answer.count, __ATOMIC_SEQ_CST);
        uint64_t after = before;
        int error = 0;
        // Once more when nobody answered: 6.1 may not find a task's storage while another task was
        // preempted in the middle of using its own. What the first call got is told then: it may
        // have taken away what the others need.
        for (int attempt = 0; attempt < kAttempts && after == before; attempt++) {
            const int got = ground.Call(hook.hook);
            after = __atomic_load_n(&answer.count, __ATOMIC_SEQ_CST);
            if (attempt == 0 || after != before) error = got;
        }
        uint64_t seen = __atomic_load_n(&answer.generation, __ATOMIC_SEQ_CST);
        proof.hooks.push_back(Judge(hook, error, after - before, seen, generation));
    }
    if (proof.complete()) {
        deployment.control()->proved_at = static_cast<uint64_t>(time(nullptr));
        deployment.control()->proved_generation = generation;
    }
    return proof;
}

Error NotProved(const Proof& proof) {
    std::string message = "not proved:";
    for (const HookProof& hook : proof.hooks) {
        if (!hook.proved) message += fmt::format(" {}: {};", hook.hook, hook.found);
    }
    message.pop_back();
    return {ErrorKind::kKernel, std::move(message),
            "`bailiff doctor` shows what the kernel lacks; an LSM listed before bpf in "
            "/sys/kernel/security/lsm may have refused first"};
}

}  // namespace bailiff::enforce
