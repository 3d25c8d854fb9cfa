// SPDX-License-Identifier: Apache-2.0
#include "policy/words.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <iterator>

#include "decide/details.h"
#include "policy/model.h"

namespace bailiff::policy {
namespace {

constexpr std::string_view kOperationWords[] = {
#define BLF_OPERATION(id, word, object, ask, meaning) word,
#include "abi/operations.def"
#undef BLF_OPERATION
};
static_assert(std::size(kOperationWords) == BLF_OPERATION_COUNT);

// Those for one operation, then those for several.
constexpr std::string_view kRuleWords[] = {
#define BLF_OPERATION(id, word, object, ask, meaning) word,
#include "abi/operations.def"
#undef BLF_OPERATION
#define BLF_FAMILY(word, operations, meaning) word,
#include "abi/families.def"
#undef BLF_FAMILY
};
constexpr std::string_view kRuleMeanings[] = {
#define BLF_OPERATION(id, word, object, ask, meaning) meaning,
#include "abi/operations.def"
#undef BLF_OPERATION
#define BLF_FAMILY(word, operations, meaning) meaning,
#include "abi/families.def"
#undef BLF_FAMILY
};
constexpr blf_set kRuleOperations[] = {
#define BLF_OPERATION(id, word, object, ask, meaning) BLF_BIT(id),
#include "abi/operations.def"
#undef BLF_OPERATION
#define BLF_FAMILY(word, operations, meaning) operations,
#include "abi/families.def"
#undef BLF_FAMILY
};

constexpr blf_ask kAsks[] = {
#define BLF_OPERATION(id, word, object, ask, meaning) BLF_ASK_##ask,
#include "abi/operations.def"
#undef BLF_OPERATION
};

constexpr blf_object_kind kObjects[] = {
#define BLF_OPERATION(id, word, object, ask, meaning) BLF_ON_##object,
#include "abi/operations.def"
#undef BLF_OPERATION
};

constexpr blf_set kAskOperations[] = {
#define BLF_ASK(id, operations, needs) operations,
#include "abi/asks.def"
#undef BLF_ASK
};
static_assert(std::size(kAskOperations) == BLF_ASK_COUNT);

constexpr blf_set kAskNeeds[] = {
#define BLF_ASK(id, operations, needs) needs,
#include "abi/asks.def"
#undef BLF_ASK
};
static_assert(std::ranges::all_of(kAskNeeds,
                                  [](blf_set needs) { return blf_count(needs) <= BLF_NEEDS_MAX; }));

constexpr std::string_view FamilyIn(std::string_view word) {
    return word.substr(0, word.find('.'));
}

// Those of one family follow each other in the table.
constexpr size_t kFamilyCount = [] {
    size_t count = 0;
    for (size_t i = 0; i < std::size(kOperationWords); i++) {
        if (i == 0 || FamilyIn(kOperationWords[i]) != FamilyIn(kOperationWords[i - 1])) count++;
    }
    return count;
}();
constexpr auto kOperationFamilies = [] {
    std::array<std::string_view, kFamilyCount> words;
    size_t next = 0;
    for (const std::string_view word : kOperationWords) {
        if (next == 0 || words[next - 1] != FamilyIn(word)) words[next++] = FamilyIn(word);
    }
    return words;
}();

constexpr std::string_view kReasonWords[] = {
#define BLF_REASON(id, word, meaning) word,
#include "abi/reasons.def"
#undef BLF_REASON
};
constexpr std::string_view kReasonMeanings[] = {
#define BLF_REASON(id, word, meaning) meaning,
#include "abi/reasons.def"
#undef BLF_REASON
};

constexpr std::string_view kErrnoWords[] = {
#define POLICY_ERRNO(name) #name,
#include "policy/errnos.def"
#undef POLICY_ERRNO
};
constexpr int kErrnoNumbers[] = {
#define POLICY_ERRNO(name) name,
#include "policy/errnos.def"
#undef POLICY_ERRNO
};

template <typename Table, typename Value>
std::optional<size_t> IndexOf(const Table& table, const Value& value) {
    const auto found = std::ranges::find(table, value);
    if (found == std::end(table)) return std::nullopt;
    return static_cast<size_t>(found - std::begin(table));
}

}  // namespace

std::span<const std::string_view> OperationWords() {
    return kOperationWords;
}

std::optional<unsigned> OperationByWord(std::string_view word) {
    const std::optional<size_t> index = IndexOf(kOperationWords, word);
    if (!index) return std::nullopt;
    return static_cast<unsigned>(*index);
}

std::span<const std::string_view> RuleWords() {
    return kRuleWords;
}

std::span<const std::string_view> RuleMeanings() {
    return kRuleMeanings;
}

std::optional<blf_set> OperationsByWord(std::string_view word) {
    const std::optional<size_t> index = IndexOf(kRuleWords, word);
    if (!index) return std::nullopt;
    return kRuleOperations[*index];
}

std::span<const std::string_view> OperationFamilies() {
    return kOperationFamilies;
}

std::optional<blf_set> OperationsOfFamily(std::string_view word) {
    blf_set operations = 0;
    for (size_t i = 0; i < std::size(kOperationWords); i++) {
        if (FamilyIn(kOperationWords[i]) == word) operations |= blf_set{1} << i;
    }
    return operations ? std::optional(operations) : std::nullopt;
}

std::string_view FamilyOf(unsigned operation) {
    return FamilyIn(kOperationWords[operation]);
}

blf_set OpenedBy(blf_set operations) {
    blf_set opened = operations;
#define BLF_OPENS(id, by) \
    if (operations & (by)) opened |= BLF_BIT(id);
#include "abi/opens.def"
#undef BLF_OPENS
    return opened;
}

blf_ask AskOf(unsigned operation) {
    return kAsks[operation];
}

bool IsOnSocket(blf_ask ask) {
    return BLF_IS_ON_SOCKET(ask);
}

blf_object_kind ObjectOf(unsigned operation) {
    return kObjects[operation];
}

std::span<const blf_set> AskOperations() {
    return kAskOperations;
}

std::span<const blf_set> AskNeeds() {
    return kAskNeeds;
}

uint64_t DetailsOf(blf_ask ask) {
    return blf_details_of(ask);
}

std::string OperationList(blf_set operations) {
    std::string list;
    for (size_t i = 0; i < std::size(kOperationWords); i++) {
        if (!(operations >> i & 1)) continue;
        if (!list.empty()) list += ", ";
        list += kOperationWords[i];
    }
    return list;
}

std::array<uint64_t, 2> WordsOf(blf_set operations) {
    return {static_cast<uint64_t>(operations), static_cast<uint64_t>(operations >> 64)};
}

std::span<const std::string_view> ErrnoWords() {
    return kErrnoWords;
}

std::optional<int> ErrnoByWord(std::string_view word) {
    const std::optional<size_t> index = IndexOf(kErrnoWords, word);
    if (!index) return std::nullopt;
    return kErrnoNumbers[*index];
}

std::string ErrnoWord(int error) {
    const std::optional<size_t> index = IndexOf(kErrnoNumbers, error);
    return index ? std::string(kErrnoWords[*index]) : std::to_string(error);
}

std::string_view DimensionWord(blf_by dimension, blf_set operations) {
    if (dimension == BLF_BY_NAME && operations == ~blf_set{0}) return "name";
    const auto is_it = [&](const auto& selector) {
        return selector.dimension == dimension &&
               (!IsDetail(selector) || (OperationsWith(selector.word) & operations) != 0);
    };
    const auto* path = std::ranges::find_if(kPathSelectors, is_it);
    if (path != std::end(kPathSelectors)) return path->word;
    const auto* number = std::ranges::find_if(kNumberSelectors, is_it);
    return number != std::end(kNumberSelectors) ? number->word : DimensionWord(dimension);
}

std::string_view ReasonWord(uint32_t reason) {
    return reason < std::size(kReasonWords) ? kReasonWords[reason] : "unknown";
}

std::string_view ReasonMeaning(uint32_t reason) {
    return reason < std::size(kReasonMeanings) ? kReasonMeanings[reason] : "unknown";
}

}  // namespace bailiff::policy
