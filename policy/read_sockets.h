// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "policy/accounts.h"
#include "policy/diagnostic.h"
#include "policy/model.h"
#include "policy/node.h"

namespace bailiff::policy {

// Does the rule have a key that only sockets have? The first, or null.
const Entry* FirstSocketKey(const Node& rule);

// What a rule says of sockets, whose operations are known: its addresses and the selectors of
// abi/sockets.def. Keys that some of its operations cannot have are told.
void ReadSockets(const Node& node, const Accounts& accounts, Rule* rule, Diagnostics* diagnostics);

}  // namespace bailiff::policy
