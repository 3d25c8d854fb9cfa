// SPDX-License-Identifier: Apache-2.0
//
// Who asks, as people describe a process, and by which socket; and what an image makes of it
// (decide/who.h).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "policy/classify.h"
#include "policy/image.h"
#include "policy/image_seam.h"
// after the seam
#include "decide/who.h"

namespace bailiff::policy {

struct Asker {
    std::string exe = {};         // empty: a process without an executable, which no pattern names
    std::string exe_sha256 = {};  // of its content, in hexadecimal; empty: not told
    std::string script = {};      // that `exe` interprets; empty: none
    std::string parent = {};  // the executable of the process that started it; empty: it has none
    // Executables, further up or earlier; `parent` is one anyway.
    std::vector<std::string> ancestors = {};
    std::string cgroup = "/";
    uint32_t uid = 0;
    uint32_t login_uid = BLF_NO_LOGIN;
    uint32_t session = BLF_SESSION_NONE;
    uint32_t user_namespace = BLF_USER_NAMESPACE_HOST;
    std::vector<uint32_t> gids = {};  // all of them
    uint64_t capabilities = 0;        // a bit each
    // What is asked for (abi/details.def): of a socket,
    uint32_t port = 0;
    uint32_t protocol = 0;
    uint32_t family = 0;
    uint32_t type = 0;
    // of others; empty, or BLF_NO_VALUE: it has none.
    std::string name = {};
    std::string source = {};
    uint32_t lockdown = BLF_NO_VALUE;
    uint32_t command = BLF_NO_VALUE;
    uint32_t program_type = BLF_NO_VALUE;
    uint32_t map_type = BLF_NO_VALUE;
    uint32_t ptrace_access = BLF_NO_VALUE;
    uint32_t signal = BLF_NO_VALUE;
    uint32_t used_capability = BLF_NO_VALUE;
    uint32_t option = BLF_NO_VALUE;
    uint32_t resource = BLF_NO_VALUE;
    uint64_t mount_flags = 0;  // a bit each
    // The process that is asked about, if it was described: one, of which the above is not asked.
    std::vector<Asker> target = {};

    friend bool operator==(const Asker&, const Asker&) = default;
};

// One of the numbers of an asker, or of its target, that is given by its selector; of a set, one
// more.
void SetNumber(Asker* asker, blf_by dimension, uint32_t number);
// One of its paths or texts; of the ancestors, one more.
void SetPath(Asker* asker, blf_by dimension, std::string path);

// Its digest as the automaton takes it, a path of one component; empty when it is not told.
std::string DigestPath(const Asker& asker);

// "exe /usr/bin/cat, uid 1000, session tty": what differs from a root process without anything.
std::string AskerText(const Asker& asker);

// All of these fail (kUsage) for a path that only a file system can resolve. The state of a path in
// the automaton of a dimension; an empty one is of no path at all.
Result<PathClass> ClassifyBy(const ImageView& image, blf_by dimension, const std::string& path);
// What the asker leaves of the clauses.
Result<blf_who> Sift(const ImageView& image, const Asker& asker, uint64_t passed_over = 0);
// What each dimension leaves of them.
using WhoByDimension = std::array<blf_who, BLF_DIMENSIONS>;
Result<WhoByDimension> SiftByDimension(const ImageView& image, const Asker& asker);

// By the states of the subject, which points to its groups.
blf_who Sift(const ImageView& image, const blf_subject& subject);

}  // namespace bailiff::policy
