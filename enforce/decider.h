// SPDX-License-Identifier: Apache-2.0
//
// The program that decides (bpf/decision.h) is an extension: the kernel verifies it with one
// program whose function it stands in for, and lets it be attached to every other that has this
// function.
#pragma once

#include <bpf/libbpf.h>

#include <cstdint>

#include "base/error.h"

namespace bailiff::enforce {

inline constexpr const char* kDecider = "blf_decider";
// What takes its place where nothing is decided and all is told (bpf/tracer.h).
inline constexpr const char* kTracer = "blf_tracer";

// Says what it is verified with, while this lives: libbpf's own way wants that to be loaded before
// the object is opened, and ours are in one object. There may be one at a time, in one thread.
class DeciderHandler {
  public:
    DeciderHandler();
    ~DeciderHandler();
    DeciderHandler(const DeciderHandler&) = delete;
    DeciderHandler& operator=(const DeciderHandler&) = delete;

    // For the one object that is opened after this was made, before it is loaded. libbpf loads
    // programs in the order of their sections, so the example's comes first.
    Status SetExample(const bpf_object* object, const bpf_program* example);

    // What it stands in for, by the BTF of our programs. Once there is an example.
    uint32_t function() const { return function_; }

  private:
    static int Prepare(bpf_program* decider, bpf_prog_load_opts* options, long self);

    int id_ = -1;  // or libbpf's error
    const bpf_program* example_ = nullptr;
    uint32_t function_ = 0;
};

}  // namespace bailiff::enforce
