// SPDX-License-Identifier: Apache-2.0
#include "policy/read_details.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "policy/fields.h"
#include "policy/messages.h"
#include "policy/parse_path.h"
#include "policy/read_number.h"
#include "policy/redundant.h"
#include "policy/selector.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

constexpr std::string_view kAddress = "address";

// Of no operation: it is another key.
blf_set OperationsOf(std::string_view key) {
    return key == kAddress ? BLF_ADDRESS_OPERATIONS : OperationsWith(key);
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

void ReadNumbers(const Node& node, const Selector<Ranges>& selector, const Accounts& accounts,
                 Rule* rule, Diagnostics* diagnostics) {
    std::vector<RangeEntry> entries;
    for (const Node* entry : ListOf(node, selector.word, "one or a list of them", diagnostics)) {
        if (auto range = ReadNumber(*entry, selector, accounts, diagnostics)) {
            (rule->details.*selector.field).push_back(*range);
            entries.push_back({entry, *range});
        }
    }
    TellRedundantRanges(std::move(entries), diagnostics);
}

void ReadTexts(const Node& node, const Selector<Patterns>& selector, Work* expansion, Rule* rule,
               Diagnostics* diagnostics) {
    for (const Node* entry : ListOf(node, selector.word, "one or a list of them", diagnostics)) {
        if (auto pattern = ParseText(*entry, expansion, diagnostics)) {
            (rule->details.*selector.field).push_back(std::move(*pattern));
        }
    }
}

// Of the request itself.
template <typename List>
bool IsOwn(const Selector<List>& selector) {
    return IsDetail(selector) && !IsOfTarget(selector);
}

std::string HintFor(std::string_view key, blf_set others) {
    const bool of_sockets = (OperationsOf(key) & BLF_SOCKET_OPERATIONS) != 0;
    if (of_sockets && (others & BLF_PATH_OPERATIONS) != 0) return message::kHintSocketOfPath;
    return fmt::format(message::kHintNoAddress, key);
}

}  // namespace

bool CheckDetails(const Node& node, blf_set operations, std::string_view format,
                  Diagnostics* diagnostics) {
    const size_t before = diagnostics->list().size();
    for (const Entry& entry : node.entries) {
        const std::string& key = entry.key.value;
        const blf_set others = operations & ~OperationsOf(key);
        if (OperationsOf(key) == 0 || others == 0) continue;
        const bool addressed = (OperationsOf(key) & ~BLF_ADDRESS_OPERATIONS) == 0;
        if (addressed && (others & ~BLF_SOCKET_OPERATIONS) == 0) {
            diagnostics->Error(entry.value.where,
                               fmt::format(message::kNoAddress, OperationList(others)),
                               fmt::format(message::kHintNoAddress, key));
            continue;
        }
        diagnostics->Error(entry.key.where,
                           fmt::format(fmt::runtime(format), OperationList(others), key),
                           HintFor(key, others));
        break;
    }
    return diagnostics->list().size() == before;
}

bool HasDetails(const Node& node) {
    return std::ranges::any_of(
        node.entries, [](const Entry& entry) { return OperationsOf(entry.key.value) != 0; });
}

void ReadDetails(const Node& node, const Accounts& accounts, Work* expansion, Rule* rule,
                 Diagnostics* diagnostics) {
    if (const Node* addresses = node.Find(kAddress)) ReadAddresses(*addresses, rule, diagnostics);
    ReadTarget(node, accounts, expansion, &rule->details, diagnostics);
    for (const Selector<Ranges>& selector : kNumberSelectors) {
        const Node* value = IsOwn(selector) ? node.Find(selector.word) : nullptr;
        if (value != nullptr) ReadNumbers(*value, selector, accounts, rule, diagnostics);
    }
    for (const Selector<Patterns>& selector : kPathSelectors) {
        const Node* value = IsOwn(selector) ? node.Find(selector.word) : nullptr;
        if (value != nullptr) ReadTexts(*value, selector, expansion, rule, diagnostics);
    }
}

}  // namespace bailiff::policy
