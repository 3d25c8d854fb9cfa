// SPDX-License-Identifier: Apache-2.0
//
// The BPF programs that this executable carries, loaded and not yet attached: one for each hook,
// and one that decides for all of them.
#pragma once

#include <bpf/libbpf.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/fd.h"
#include "enforce/hooks.h"
#include "enforce/kernel_types.h"

namespace bailiff::enforce {

class Programs {
  public:
    // Those that are wanted, told what they are to know of this kernel, which verifies them: that
    // takes a while for each. `kept`: maps to go on with, by name.
    static Result<Programs> Load(const Wanted& wanted, const KernelTypes& kernel,
                                 const std::map<std::string, Fd>& kept);

    // Tells which programs they are: the same for all kernels.
    static uint64_t BuildNumber();

    // Do they remember where directories are? Not where mount_lock was not found.
    bool remembers() const { return remembers_; }

    // By name, those of abi/runtime.h and the programs' own. The sections of globals are not told:
    // they live as long as the programs.
    Result<std::map<std::string, Fd>> Maps() const;

    // The link: the program is called for as long as somebody has it.
    Result<Fd> Attach(const HookInfo& hook) const;
    // The link by which requests at a hook that decides are decided. To be attached first: until
    // then the hook allows everything.
    Result<Fd> AttachDecider(const HookInfo& hook) const;

  private:
    struct Close {
        void operator()(bpf_object* object) const { bpf_object__close(object); }
    };
    explicit Programs(bpf_object* object) : object_(object) {}

    std::unique_ptr<bpf_object, Close> object_;
    bool remembers_ = false;
    bool traces_ = false;
    uint32_t decision_ = 0;  // the function that the decider stands in for
};

}  // namespace bailiff::enforce
