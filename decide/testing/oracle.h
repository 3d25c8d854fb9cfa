// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// What the verdict has to be, straight from what policies mean: slow, small, and without a line of
// the compiler's or of decide/. Linked into tests only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "abi/operation.h"
#include "policy/model.h"

namespace bailiff::decide::testing {

using Components = std::vector<std::string>;

// A path, or one inside a tree that hangs nowhere ("lost"): there only patterns that begin with
// `**` have a meaning, and they begin at the tree's own root.
struct OraclePath {
    Components components;
    bool lost = false;
};

// A process.
struct OracleWho {
    std::optional<OraclePath> exe = {};  // nothing: a process without an executable
    uint32_t uid = 0;
    std::optional<OraclePath> script = {};
    std::optional<OraclePath> parent = {};
    std::vector<OraclePath> ancestors = {};     // besides the parent
    std::optional<OraclePath> exe_sha256 = {};  // one component
    OraclePath cgroup = {};
    uint32_t login_uid = 0;
    uint32_t session = 0;
    uint32_t user_namespace = 0;
    std::vector<uint32_t> gids = {0};  // every process has one
    uint64_t capabilities = 0;
};

// A socket, and the address that is asked about: 4 bytes, 16, or none.
struct OracleSocket {
    std::vector<uint8_t> address = {};
    uint32_t port = 0;
    uint32_t protocol = 0;
    uint32_t family = 0;
    uint32_t type = 0;
};

// What else a request says (abi/details.def).
struct OracleDetails {
    std::optional<std::string> name = {};
    std::optional<std::string> source = {};
    uint32_t lockdown = 0;
    uint32_t command = 0;
    uint32_t program_type = 0;
    uint32_t map_type = 0;
    uint32_t ptrace_access = 0;
    uint32_t signal = 0;
    uint32_t used_capability = 0;
    uint32_t option = 0;
    uint32_t resource = 0;
    uint64_t mount_flags = 0;
};

struct OracleRequest {
    blf_ask ask{};
    OraclePath object;     // of asks on sockets without meaning, as `socket` is of the others
    bool nowhere = false;  // of asks that may be: there is no object
    OracleWho who = {};
    OracleSocket socket = {};
    OracleDetails details = {};
    OracleWho target = {};  // of asks about a process
};

// A rule as people name it.
struct OracleRule {
    std::string policy;
    uint32_t number = 0;  // within its policy, from 1
    friend bool operator==(const OracleRule&, const OracleRule&) = default;
};

struct OracleVerdict {
    int error = 0;                     // 0: allowed
    std::optional<OracleRule> rule;    // that denies
    std::optional<OracleRule> audit;   // that would deny, were its policy enforced
    std::vector<OracleRule> applying;  // all of them, in the order of policies and text

    friend bool operator==(const OracleVerdict&, const OracleVerdict&) = default;
};

bool OracleMatches(const policy::PathPattern& pattern, const OraclePath& path);

// Which of several applying rules is the one that denies: enforcing policies come by name. Within a
// policy rules that differ only in their objects form one family, which stands in the text where
// its first member stands. The first family with an applying member gives the error, and its first
// applying member is the rule. The same among auditing policies gives `audit`. E.g.
//
//   1  deny file.read  /a  EPERM       a read of /b is denied by rule 3 with EPERM: rules 1 and 3
//   2  deny file.read  /b  EACCES      are one family, and it stands before rule 2
//   3  deny file.read  /b  EPERM
OracleVerdict OracleDecide(const std::vector<policy::Policy>& policies,
                           const OracleRequest& request);

// What a rename or a hard link does: a file that has these names gets those.
struct OracleMove {
    std::vector<OraclePath> from;   // by any of which a rule can match: visible, canonical
    std::vector<OraclePath> to;     // likewise
    std::optional<OraclePath> tag;  // a name by which the file is known whatever it is called
    bool directory = false;
    OracleWho who = {};
};

// May it? A file when the process is denied the same operations by its old names, its tag included,
// and by the new ones. A directory when all rules about the process match the same at and below
// both places; otherwise any that matches at or below one of them refuses. The rule is the first,
// in the order of OracleDecide, that refuses by the old names; where none does, by the new ones.
// `applying` stays empty.
OracleVerdict OracleDecideMove(const std::vector<policy::Policy>& policies, const OracleMove& move);

}  // namespace bailiff::decide::testing
