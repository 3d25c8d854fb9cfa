// SPDX-License-Identifier: Apache-2.0
//
// What a kernel's BTF says about functions: which there are, and what they take.
#pragma once

#include <bpf/btf.h>

#include <memory>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "enforce/hooks.h"

namespace bailiff::enforce {

struct FreeBtf {
    void operator()(btf* types) const { btf__free(types); }
};
using Btf = std::unique_ptr<btf, FreeBtf>;

// Of the running kernel. Takes a while.
Result<Btf> LoadKernelTypes();

// The number of arguments, or nothing when there is no such function.
std::optional<unsigned> ArgumentsOf(const btf* types, std::string_view function);

// May our program be attached, or rightly be left out? `found`: ArgumentsOf() the hook's function.
bool Fits(const HookInfo& hook, std::optional<unsigned> found);

// Those of the wanted hooks that this kernel has.
HookSet PresentIn(const btf* types, HookSet wanted);

}  // namespace bailiff::enforce
