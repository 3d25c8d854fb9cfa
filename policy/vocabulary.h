// SPDX-License-Identifier: Apache-2.0
//
// What policies and tests of policies say in the same words. What is wrong is told.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "abi/types.h"
#include "policy/diagnostic.h"
#include "policy/node.h"

namespace bailiff::policy {

enum class DocumentKind { kPolicy, kTest };

// False when the document is of the other kind, or of another version of the language: what else it
// says cannot be judged then.
bool CheckVersion(const Node& document, DocumentKind kind, Diagnostics* diagnostics);

// One word for operations under `key` or a list of them, in the order of the text; those of a
// family one by one; without those unknown.
std::vector<unsigned> ReadOperations(const Node& node, std::string_view key,
                                     Diagnostics* diagnostics);

// The operations of the families under `default`'s `deny`, those unknown told and left out.
blf_set ReadFamilies(const Node& node, Diagnostics* diagnostics);

// The number of an errno that a rule may deny with.
std::optional<int> ReadErrno(const Node& node, Diagnostics* diagnostics);

}  // namespace bailiff::policy
