// SPDX-License-Identifier: Apache-2.0
//
// What rules and tests say of requests besides paths: addresses, and the keys of abi/details.def.
#pragma once

#include "policy/accounts.h"
#include "policy/diagnostic.h"
#include "policy/model.h"
#include "policy/node.h"
#include "policy/work.h"

namespace bailiff::policy {

// The first key that not all of these operations have, told; or true. `format`: of the message,
// {} being operations and the key.
bool CheckDetails(const Node& node, blf_set operations, std::string_view format,
                  Diagnostics* diagnostics);

// Is there such a key?
bool HasDetails(const Node& node);

// Those of a rule, of keys that its operations have.
void ReadDetails(const Node& node, const Accounts& accounts, Work* expansion, Rule* rule,
                 Diagnostics* diagnostics);

}  // namespace bailiff::policy
