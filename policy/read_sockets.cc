// SPDX-License-Identifier: Apache-2.0
#include "policy/read_sockets.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "abi/operation.h"
#include "policy/fields.h"
#include "policy/messages.h"
#include "policy/read_number.h"
#include "policy/redundant.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

constexpr std::string_view kAddress = "address";

const Selector<Ranges>* SocketSelector(std::string_view key) {
    const auto* found = std::ranges::find(kNumberSelectors, key, &Selector<Ranges>::word);
    return found != std::end(kNumberSelectors) && IsOfSocket(*found) ? found : nullptr;
}

void ReadAddresses(const Node& node, Rule* rule, Diagnostics* diagnostics) {
    std::vector<AddressEntry> entries;
    for (const Node* entry :
         ListOf(node, kAddress, "an address or a list of addresses", diagnostics)) {
        std::vector<AddressPrefix> prefixes = ReadAddress(*entry, diagnostics);
        // A word may say more than its part that another entry has.
        if (prefixes.size() == 1) entries.push_back({entry, prefixes.front()});
        std::ranges::move(prefixes, std::back_inserter(rule->addresses));
    }
    TellRedundantAddresses(std::move(entries), diagnostics);
}

void ReadSelector(const Node& node, const Selector<Ranges>& selector, const Accounts& accounts,
                  Rule* rule, Diagnostics* diagnostics) {
    std::vector<RangeEntry> entries;
    for (const Node* entry : ListOf(node, selector.word, "one or a list of them", diagnostics)) {
        if (auto range = ReadNumber(*entry, selector, accounts, diagnostics)) {
            (rule->sockets.*selector.field).push_back(*range);
            entries.push_back({entry, *range});
        }
    }
    TellRedundantRanges(std::move(entries), diagnostics);
}

// Only what is bound, connected or sent has an address and a port.
void CheckAddressed(const Node& node, Rule* rule, Diagnostics* diagnostics) {
    const uint64_t others = rule->operations & ~BLF_ADDRESS_OPERATIONS;
    for (const std::string_view key : {kAddress, std::string_view("port")}) {
        const Node* value = node.Find(key);
        if (value == nullptr || others == 0) continue;
        diagnostics->Error(value->where, fmt::format(message::kNoAddress, OperationList(others)),
                           fmt::format(message::kHintNoAddress, key));
    }
}

}  // namespace

const Entry* FirstSocketKey(const Node& rule) {
    const auto found = std::ranges::find_if(rule.entries, [](const Entry& entry) {
        return entry.key.value == kAddress || SocketSelector(entry.key.value) != nullptr;
    });
    return found == rule.entries.end() ? nullptr : &*found;
}

void ReadSockets(const Node& node, const Accounts& accounts, Rule* rule, Diagnostics* diagnostics) {
    for (const Entry& entry : node.entries) {
        if (entry.key.value == kAddress) {
            ReadAddresses(entry.value, rule, diagnostics);
        } else if (const auto* selector = SocketSelector(entry.key.value)) {
            ReadSelector(entry.value, *selector, accounts, rule, diagnostics);
        }
    }
    CheckAddressed(node, rule, diagnostics);
}

}  // namespace bailiff::policy
