// SPDX-License-Identifier: Apache-2.0
#include "policy/redundant.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "policy/messages.h"
#include "policy/utf8.h"

namespace bailiff::policy {
namespace {

void Tell(const Node& entry, const Node& other, Diagnostics* diagnostics) {
    diagnostics->Error(
        entry.where, fmt::format(message::kAddsNothing, Shorten(entry.value), Shorten(other.value)),
        message::kHintAddsNothing);
}

}  // namespace

void TellRedundantRanges(std::vector<RangeEntry> entries, Diagnostics* diagnostics) {
    // Whatever lies in another comes behind it.
    std::ranges::stable_sort(entries, {}, [](const RangeEntry& entry) {
        return std::tuple(entry.range.first, ~entry.range.last);
    });
    const RangeEntry* furthest = nullptr;
    for (const RangeEntry& entry : entries) {
        if (furthest != nullptr && entry.range.last <= furthest->range.last) {
            Tell(*entry.node, *furthest->node, diagnostics);
        } else {
            furthest = &entry;
        }
    }
}

void TellRedundantAddresses(std::vector<AddressEntry> entries, Diagnostics* diagnostics) {
    // Whatever lies in another comes behind it.
    std::ranges::stable_sort(entries, {}, [](const AddressEntry& entry) {
        return std::tuple(entry.prefix.version, entry.prefix.word, entry.prefix.length);
    });
    const AddressEntry* widest = nullptr;
    for (const AddressEntry& entry : entries) {
        if (widest != nullptr && Contains(widest->prefix, entry.prefix)) {
            Tell(*entry.node, *widest->node, diagnostics);
        } else {
            widest = &entry;
        }
    }
}

void TellRedundantOperations(const std::vector<OperationsEntry>& entries,
                             Diagnostics* diagnostics) {
    for (const OperationsEntry& entry : entries) {
        const auto has_all = [&](const OperationsEntry& other) {
            return other.operations != entry.operations && !(entry.operations & ~other.operations);
        };
        const auto other = std::ranges::find_if(entries, has_all);
        if (other != entries.end()) Tell(*entry.word, *other->word, diagnostics);
    }
}

}  // namespace bailiff::policy
