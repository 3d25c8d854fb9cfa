// SPDX-License-Identifier: Apache-2.0
//
// Selectors of processes: what `applies-to` and `except` hold, and rules about other processes.
#pragma once

#include <string_view>

#include "policy/accounts.h"
#include "policy/diagnostic.h"
#include "policy/fields.h"
#include "policy/model.h"
#include "policy/node.h"
#include "policy/work.h"

namespace bailiff::policy {

// `what` is how messages name the node, `kind` says which keys it may have. Selecting nothing is an
// error. `expansion` is what the braces of its patterns may take (policy/parse_glob.h).
Subject ReadSubject(const Node& node, MapKind kind, std::string_view what, const Accounts& accounts,
                    Work* expansion, Diagnostics* diagnostics);

// Of those keys the ones that say whom a rule is about: `target-exe`.
void ReadTarget(const Node& node, const Accounts& accounts, Work* expansion, Subject* details,
                Diagnostics* diagnostics);

// False when no process can match: what the selectors ask of its cgroup excludes each other.
bool CanMatch(const Subject& subject, Work* work);

// True only if every process that `inner` selects is selected by `outer`. False also when the work
// is spent before that is known.
bool Covers(const Subject& outer, const Subject& inner, Work* work);

}  // namespace bailiff::policy
