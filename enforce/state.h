// SPDX-License-Identifier: Apache-2.0
//
// What is in force, read from the pins and the kernel. Changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "enforce/attached.h"
#include "enforce/deployment.h"

namespace bailiff::enforce {

// A link as the kernel tells it, which is what an auditor can check with bpftool.
struct HookState {
    std::string hook;
    uint32_t program_id = 0;
    uint32_t link_id = 0;
    std::string attach_type;     // "lsm_mac"
    uint32_t target_btf_id = 0;  // and the name that the kernel's BTF gives it:
    std::string target;          // "bpf_lsm_file_open"
    uint32_t programs_here = 0;  // tracing programs on this target, all tools'; the kernel takes 38
    uint32_t others_here = 0;    // of these, what is not of this deployment
    // By which this program has its requests decided; 0: it decides nothing.
    uint32_t decider_program_id = 0;
    uint32_t decider_link_id = 0;
};

struct State {
    Deployment deployment;
    ImageMap image;
    std::vector<HookState> hooks;
    std::vector<AttachedProgram> strays;  // attached as well, by another deployment
    bool remembers = false;  // where directories are; else each path is walked at each request
    // Unix seconds; 0 when not known for the published generation.
    uint64_t applied_at = 0;
    uint64_t proved_at = 0;

    uint64_t generation() const { return image.view().root().generation; }
};

// By the slot alone, which no rule about files keeps from being opened: also where a policy denies
// what ReadState() does.
Result<ImageMap> ImagePublishedIn(std::string_view directory);

// Nothing when there is no deployment, and no program of ours is attached. kUnknown or kNoPrivilege
// when it cannot be told.
Result<std::optional<State>> ReadState();

}  // namespace bailiff::enforce
