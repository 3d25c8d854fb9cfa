// SPDX-License-Identifier: Apache-2.0
//
// What a kernel's BTF says about functions: which there are, and what they take.
#pragma once

#include <bpf/btf.h>

#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/error.h"
#include "enforce/hooks.h"

namespace bailiff::enforce {

struct FreeBtf {
    void operator()(btf* types) const { btf__free(types); }
};
using Btf = std::unique_ptr<btf, FreeBtf>;

class KernelTypes {
  public:
    // Those of the running kernel. Takes a while.
    static Result<KernelTypes> Load();
    explicit KernelTypes(Btf types);

    // The number of arguments, or nothing when there is no such function. It is asked for functions
    // of kHooks and for those whose name begins with bpf_; others it may not know.
    std::optional<unsigned> ArgumentsOf(std::string_view function) const;

    // Those of the wanted hooks that this kernel has.
    HookSet PresentIn(HookSet wanted) const;

    const btf* get() const { return types_.get(); }

  private:
    Btf types_;
    std::unordered_map<std::string_view, unsigned> arguments_;  // by names in types_
};

// May our program be attached, or rightly be left out? `found`: ArgumentsOf() the hook's function.
bool Fits(const HookInfo& hook, std::optional<unsigned> found);

}  // namespace bailiff::enforce
