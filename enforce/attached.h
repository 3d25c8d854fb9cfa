// SPDX-License-Identifier: Apache-2.0
//
// Our programs as the kernel has them attached, found by their ids and not by their pins: pins can
// be out of sight (another bpffs mounted over ours, another mount namespace) or gone while a
// process still holds a link. Such programs may be enforcing, and nothing may say otherwise.
#pragma once

#include <bpf/bpf.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace bailiff::enforce {

struct AttachedProgram {
    std::string program;  // by its name in the kernel, which keeps 15 bytes of it
    uint32_t program_id = 0;
    uint32_t link_id = 0;
};

Result<bpf_link_info> LinkInfo(int fd);

// Shows every tracing link of the machine, all tools'. Links that come and go meanwhile are passed
// over. Needs CAP_SYS_ADMIN.
Status ForEachTracingLink(const std::function<Status(const bpf_link_info&)>& look);

// Programs named blf_*, attached in any way in which hooks of ours are, with no pin in `directory`
// and that are no run's (enforce/run.h).
Result<std::vector<AttachedProgram>> StrayPrograms(std::string_view directory);

// The same, once those that are on their way out are gone: the kernel releases a link a moment
// after its last pin. And asked again where there was no memory to answer. Waits no longer than it
// must, and a few seconds at most.
Result<std::vector<AttachedProgram>> LastingStrays(std::string_view directory);

// What was found and, by what can be seen from here, where their pins may be: kUnknown.
Error OutOfSight(const std::vector<AttachedProgram>& strays);

}  // namespace bailiff::enforce
