// SPDX-License-Identifier: Apache-2.0
//
// Entries of a list that add nothing to another one, though their texts differ.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/model.h"
#include "policy/node.h"

namespace bailiff::policy {

struct RangeEntry {
    const Node* node;
    NumberRange range;
};
// Tells each range that lies in another; of equal ones, the later.
void TellRedundantRanges(std::vector<RangeEntry> entries, Diagnostics* diagnostics);

struct AddressEntry {
    const Node* node;
    AddressPrefix prefix;
};
// Tells each prefix that lies in another; of equal ones, the later.
void TellRedundantAddresses(std::vector<AddressEntry> entries, Diagnostics* diagnostics);

struct OperationsEntry {
    const Node* word;
    blf_set operations;
};
// Tells each word whose operations another one has all, and more.
void TellRedundantOperations(const std::vector<OperationsEntry>& entries, Diagnostics* diagnostics);

}  // namespace bailiff::policy
