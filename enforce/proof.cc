// SPDX-License-Identifier: Apache-2.0
#include "enforce/proof.h"

#include <bpf/bpf.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <ctime>
#include <thread>

#include "base/process.h"
#include "enforce/hooks.h"
#include "enforce/proof_process.h"
#include "fmt/format.h"

namespace bailiff::enforce {
namespace {

// A second in all.
constexpr std::chrono::milliseconds kFirstPause{1}, kLastPause{512};

// While it lives, this process is the one that the programs answer.
class Asking {
  public:
    explicit Asking(const Deployment& deployment)
        : deployment_(deployment), self_(OpenProcess(getpid())) {
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
        if (Mark(self_.get(), hook)) return {};
        return FailErrno("cannot mark this process for the proof");
    }

    // A child, in the place of this process. The mark goes with it.
    bool OfChild(pid_t child, blf_hook hook) const {
        const Fd process = OpenProcess(child);
        return process && Mark(process.get(), hook);
    }

  private:
    bool Mark(int process, blf_hook hook) const {
        const blf_probe probe{.hook = hook + 1U, .pad = 0};
        return bpf_map_update_elem(deployment_.probes(), &process, &probe, BPF_ANY) == 0;
    }

    const Deployment& deployment_;
    Fd self_;
};

// Who asks for a module is not told that it was refused.
bool HasVerdict(const HookInfo& hook) {
    return hook.is_lsm() && hook.hook != BLF_HOOK_inode_free_security &&
           hook.hook != BLF_HOOK_kernel_module_request;
}

// Whoever asks for a capability is told yes or no, and says EPERM.
int ErrnoOfProof(blf_hook hook) {
    return hook == BLF_HOOK_capable ? EPERM : BLF_PROOF_ERRNO;
}

// What keeps everybody from making the call.
std::string_view NobodyCan(blf_hook hook) {
    switch (hook) {
        case BLF_HOOK_userns_create:
            return "user.max_user_namespaces";
        case BLF_HOOK_kernel_read_file:
        case BLF_HOOK_kernel_load_data:
            return "kernel.modules_disabled";
        default:
            return "kernel.io_uring_disabled";
    }
}

HookProof Judge(const HookInfo& hook, int error, uint64_t answers, uint64_t seen,
                uint64_t generation) {
    HookProof result{.hook = std::string(hook.name),
                     .answered = answers > 0,
                     .proved = false,
                     .nobody_can = false,
                     .found = {}};
    if (!answers && error == kNobodyCan) {
        result.answered = result.nobody_can = true;
        result.found = fmt::format("nobody can ask now: {}", NobodyCan(hook.hook));
    } else if (!answers && !error) {
        result.found = "the call succeeded and our program was never asked";
    } else if (!answers) {
        result.found = fmt::format("our program was not asked; something before it refused: {}",
                                   std::strerror(error));
    } else if (HasVerdict(hook) && error != ErrnoOfProof(hook.hook)) {
        result.found = fmt::format("our program was asked, and not obeyed: {}",
                                   error ? std::strerror(error) : "the call succeeded");
    } else if (hook.kind != HookKind::kLsmSleeps && seen != generation) {
        result.found =
            fmt::format("our program decided by generation {}, not {}", seen, generation);
    } else {
        result.proved = true;
        result.found = fmt::format("{} asked us{}", hook.attach_point(),
                                   HasVerdict(hook) ? " and obeyed" : "");
    }
    return result;
}

// One hook's call, and whether our program answered it.
Result<HookProof> Ask(Asking& asking, const Deployment& deployment, const ProofGround& ground,
                      const HookInfo& hook, uint64_t generation) {
    TRY_STATUS(asking.At(hook.hook));
    const blf_answer& answer = deployment.control()->answer[hook.hook];
    const uint64_t before = __atomic_load_n(&answer.count, __ATOMIC_SEQ_CST);
    const int error =
        hook.hook == BLF_HOOK_ptrace_traceme
            ? CallInChild([&](pid_t child) { return asking.OfChild(child, hook.hook); })
            : ground.Call(hook.hook);
    const uint64_t after = __atomic_load_n(&answer.count, __ATOMIC_SEQ_CST);
    const uint64_t seen = __atomic_load_n(&answer.generation, __ATOMIC_SEQ_CST);
    return Judge(hook, error, after - before, seen, generation);
}

// Asks at the hooks that `proof` has not as answered, and puts in what was seen. A call that was
// not refused has changed the ground, and the next would fail for that alone: it gets another one,
// as far as the policy in force lets it be made.
Status AskAtThose(const Deployment& deployment, const ProofGround& ground, uint64_t generation,
                  Proof& proof) {
    Asking asking(deployment);
    Result<ProofGround> another = std::unexpected(Error{});
    for (const HookInfo& hook : kHooks) {
        if (!Contains(deployment.hooks(), hook)) continue;
        auto known = std::ranges::find(proof.hooks, hook.name, &HookProof::hook);
        if (known != proof.hooks.end() && known->answered) continue;
        HookProof seen =
            TRY(Ask(asking, deployment, another ? *another : ground, hook, generation));
        if (HasVerdict(hook) && !seen.proved && !seen.nobody_can) another = ProofGround::Make();
        if (known == proof.hooks.end()) {
            proof.hooks.push_back(std::move(seen));
        } else {
            *known = std::move(seen);
        }
    }
    return {};
}

bool EveryoneAnswered(const Proof& proof) {
    return std::ranges::all_of(proof.hooks, &HookProof::answered);
}

// 6.1 finds no task's storage on a CPU where another task was preempted in the middle of using its
// own (bpf_task_storage_trylock), so our program does not know us until that one has gone on. No
// event tells when.
Status AskAgain(const Deployment& deployment, uint64_t generation, Proof& proof) {
    for (auto pause = kFirstPause; pause <= kLastPause && !EveryoneAnswered(proof); pause *= 2) {
        std::this_thread::sleep_for(pause);
        const Result<ProofGround> ground = ProofGround::Make();
        if (!ground) return {};  // denied by the policy in force: what was seen stands
        TRY_STATUS(AskAtThose(deployment, *ground, generation, proof));
    }
    return {};
}

Error NotProved(const Proof& proof) {
    std::string message = "not proved:";
    for (const HookProof& hook : proof.hooks) {
        if (!hook.proved && !hook.nobody_can)
            message += fmt::format(" {}: {};", hook.hook, hook.found);
    }
    message.pop_back();
    return {ErrorKind::kKernel, std::move(message),
            "`bailiff doctor` shows what the kernel lacks; an LSM listed before bpf in "
            "/sys/kernel/security/lsm may have refused first"};
}

}  // namespace

bool Proof::complete() const {
    return std::ranges::all_of(
        hooks, [](const HookProof& hook) { return hook.proved || hook.nobody_can; });
}

Result<Proof> Prove(const Deployment& deployment, const ProofGround& ground, uint64_t generation) {
    Proof proof;
    TRY_STATUS(AskAtThose(deployment, ground, generation, proof));
    TRY_STATUS(AskAgain(deployment, generation, proof));
    if (proof.complete()) {
        deployment.control()->proved_at = static_cast<uint64_t>(time(nullptr));
        deployment.control()->proved_generation = generation;
    }
    return proof;
}

Result<Proof> ProveOrFail(const Deployment& deployment, const ProofGround& ground,
                          uint64_t generation) {
    Proof proof = TRY(Prove(deployment, ground, generation));
    if (!proof.complete()) return std::unexpected(NotProved(proof));
    return proof;
}

}  // namespace bailiff::enforce
