// SPDX-License-Identifier: Apache-2.0
#include "policy/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>

#include "policy/messages.h"
#include "policy/model.h"
#include "policy/number_table.h"
#include "policy/suggest.h"
#include "policy/utf8.h"

namespace bailiff::policy {
namespace {

constexpr std::string_view kPolicyKeys[] = {"bailiff",    "policy",  "description", "mode",
                                            "applies-to", "default", "include",     "rules"};
constexpr std::string_view kDefaultKeys[] = {"deny", "errno"};
constexpr std::string_view kRuleKeys[] = {"deny",   "allow", "path", "name", "address",
#define BLF_TEXT_DETAIL(id, field, word, dimension, operations, example) word,
#define BLF_NUMBER_DETAIL(id, field, word, dimension, operations, example) word,
#include "abi/details.def"
#undef BLF_TEXT_DETAIL
#undef BLF_NUMBER_DETAIL
#define BLF_PATH_SELECTOR(id, field, word, dimension, example) "target-" word,
#define BLF_NUMBER_SELECTOR(id, field, word, dimension, example) "target-" word,
#include "abi/selectors.def"
#undef BLF_PATH_SELECTOR
#undef BLF_NUMBER_SELECTOR
                                          "except", "errno"};
constexpr std::string_view kExceptionKeys[] = {
#define BLF_PATH_SELECTOR(id, field, word, dimension, example) word,
#define BLF_NUMBER_SELECTOR(id, field, word, dimension, example) word,
#include "abi/selectors.def"
#undef BLF_PATH_SELECTOR
#undef BLF_NUMBER_SELECTOR
#define BLF_PATH_SELECTOR(id, field, word, dimension, example) "target-" word,
#define BLF_NUMBER_SELECTOR(id, field, word, dimension, example) "target-" word,
#include "abi/selectors.def"
#undef BLF_PATH_SELECTOR
#undef BLF_NUMBER_SELECTOR
};
// The first half, of whoever asks.
constexpr std::span<const std::string_view> kSubjectKeys(kExceptionKeys,
                                                         std::size(kExceptionKeys) / 2);
constexpr std::string_view kTestKeys[] = {"bailiff-test", "policies", "requests"};
// What is asked, who asks, what is expected.
constexpr auto kRequestKeys = [] {
    constexpr auto kOthers = std::to_array<std::string_view>({"expect", "rule", "errno"});
    constexpr size_t kWho =
        std::size(kNumberSelectors) + std::ranges::count_if(kPathSelectors, IsOfProcess);
    std::array<std::string_view, 3 + kWho + kOthers.size()> keys = {"op", "path", "address"};
    size_t next = 3;
    for (const auto& selector : kPathSelectors) {
        if (IsOfProcess(selector)) keys[next++] = selector.word;
    }
    for (const auto& selector : kNumberSelectors) keys[next++] = selector.word;
    std::ranges::copy(kOthers, keys.begin() + next);
    return keys;
}();

bool Has(std::span<const std::string_view> keys, std::string_view key) {
    return std::ranges::find(keys, key) != keys.end();
}

// Those of the process that is asked about, which are as many as those of who asks, as one.
std::string ListKeys(std::span<const std::string_view> keys) {
    std::vector<std::string_view> shown;
    for (const std::string_view key : keys) {
        const bool again = key.starts_with(kTarget) && Has(shown, "target-...");
        if (!again) shown.push_back(key.starts_with(kTarget) ? "target-..." : key);
    }
    return ListWords(shown);
}

// Where a key of the policy language belongs, or nothing.
std::string PolicyKeyHint(std::string_view key) {
    if (Has(kSubjectKeys, key)) {
        return fmt::format(message::kHintBelongs, key, "`applies-to` or `except`");
    }
    if (Has(kRuleKeys, key)) return fmt::format(message::kHintBelongs, key, "a rule");
    if (Has(kPolicyKeys, key)) return fmt::format(message::kHintBelongs, key, "the policy itself");
    return {};
}

// The same for files of expectations.
std::string TestKeyHint(std::string_view key) {
    if (Has(kRequestKeys, key)) return fmt::format(message::kHintBelongs, key, "a request");
    if (Has(kTestKeys, key)) return fmt::format(message::kHintBelongs, key, "the test itself");
    return {};
}

std::string UnknownKeyHint(std::string_view key, MapKind kind) {
    const std::span<const std::string_view> keys = KeysOf(kind);
    const bool test = kind == MapKind::kTest || kind == MapKind::kRequest;
    std::string belongs = test ? TestKeyHint(key) : PolicyKeyHint(key);
    if (!belongs.empty()) return belongs;
    const std::string_view near = Closest(key, keys);
    if (!near.empty()) return fmt::format(message::kHintDidYouMean, near);
    return fmt::format(message::kHintKeys, ListKeys(keys));
}

// Every key, with a value that it may have.
constexpr std::string_view kExamples[] = {
    "bailiff: 1",
    "policy: a-name",
    "description: What it is for.",
    "mode: enforce",
    "rules:",
    "default: { deny: [file, exec] }",
    "include: base/dynamic-program",
    "deny: file.open",
    "allow: file.read",
    "path: /some/file",
    "name: some-file",
    "address: 10.0.0.0/8",
    "errno: EPERM",
#define BLF_PATH_SELECTOR(id, field, word, dimension, example) \
    word ": " example, "target-" word ": " example,
#define BLF_NUMBER_SELECTOR(id, field, word, dimension, example) \
    word ": " example, "target-" word ": " example,
#define BLF_TEXT_DETAIL(id, field, word, dimension, operations, example) word ": " example,
#define BLF_NUMBER_DETAIL(id, field, word, dimension, operations, example) word ": " example,
#include "abi/details.def"
#include "abi/selectors.def"
#undef BLF_TEXT_DETAIL
#undef BLF_NUMBER_DETAIL
#undef BLF_PATH_SELECTOR
#undef BLF_NUMBER_SELECTOR
    "bailiff-test: 1",
    "policies: keep.yaml",
    "requests:",
    "op: file.read",
    "expect: deny",
    "rule: a-name/1",
};

std::string_view ExampleOf(std::string_view key) {
    for (const std::string_view example : kExamples) {
        if (example.substr(0, example.find(':')) == key) return example;
    }
    return key;
}

void TellWrongType(const Node& node, std::string_view key, std::string_view expected,
                   std::string hint, Diagnostics* diagnostics) {
    diagnostics->Error(
        node.where,
        fmt::format(message::kWrongType, fmt::format("`{}`", key), expected, KindName(node)),
        std::move(hint));
}

void TellNoValue(const Node& node, std::string_view key, std::string hint,
                 Diagnostics* diagnostics) {
    diagnostics->Error(node.where, fmt::format(message::kNoValue, fmt::format("`{}`", key)),
                       std::move(hint));
}

// True when text is on one line, as all but descriptions must be.
bool CheckOneLine(const Node& node, std::string_view key, Diagnostics* diagnostics) {
    if (!node.several_lines) return true;
    diagnostics->Error(node.where, fmt::format(message::kSeveralLines, key),
                       fmt::format(message::kHintExample, ExampleOf(key)));
    return false;
}

bool CheckEntry(const Node& node, std::string_view key, Diagnostics* diagnostics) {
    if (node.refused) return false;
    if (node.kind == Node::Kind::kList || node.kind == Node::Kind::kMap) {
        diagnostics->Error(node.where, fmt::format(message::kBadEntry, key, KindName(node)),
                           fmt::format(message::kHintExample, ExampleOf(key)));
        return false;
    }
    if (node.kind == Node::Kind::kNull || node.value.empty()) {
        diagnostics->Error(node.where, fmt::format(message::kEmptyEntry, key),
                           fmt::format(message::kHintEmptyEntry, ExampleOf(key)));
        return false;
    }
    return CheckOneLine(node, key, diagnostics);
}

}  // namespace

std::span<const std::string_view> KeysOf(MapKind kind) {
    switch (kind) {
        case MapKind::kPolicy:
            return kPolicyKeys;
        case MapKind::kDefault:
            return kDefaultKeys;
        case MapKind::kRule:
            return kRuleKeys;
        case MapKind::kTest:
            return kTestKeys;
        case MapKind::kRequest:
            return kRequestKeys;
        case MapKind::kException:
            return kExceptionKeys;
        case MapKind::kSubject:
            break;
    }
    return kSubjectKeys;
}

bool CheckMap(const Node& node, MapKind kind, std::string_view what, Diagnostics* diagnostics) {
    if (node.refused) return false;
    if (node.kind == Node::Kind::kNull) {
        diagnostics->Error(node.where, fmt::format(message::kNoValue, what),
                           fmt::format(message::kHintKeys, ListKeys(KeysOf(kind))));
        return false;
    }
    if (node.kind != Node::Kind::kMap) {
        diagnostics->Error(node.where,
                           fmt::format(message::kWrongType, what, "a map", KindName(node)),
                           fmt::format(message::kHintKeys, ListKeys(KeysOf(kind))));
        return false;
    }
    for (const Entry& entry : node.entries) {
        const std::string& key = entry.key.value;
        if (Has(KeysOf(kind), key)) continue;
        diagnostics->Error(entry.key.where, fmt::format(message::kUnknownKey, Shorten(key), what),
                           UnknownKeyHint(key, kind));
    }
    return true;
}

const Node* Require(const Node& map, std::string_view key, std::string_view what,
                    Diagnostics* diagnostics) {
    const Node* value = map.Find(key);
    if (value == nullptr && !map.incomplete) {
        diagnostics->Error(map.where, fmt::format(message::kMissingKey, what, key),
                           fmt::format(message::kHintMissingKey, ExampleOf(key)));
    }
    return value;
}

bool CheckScalar(const Node& node, std::string_view key, std::string_view expected,
                 Diagnostics* diagnostics) {
    if (node.refused) return false;
    const std::string hint = fmt::format(message::kHintExample, ExampleOf(key));
    if (node.kind == Node::Kind::kList || node.kind == Node::Kind::kMap) {
        TellWrongType(node, key, expected, hint, diagnostics);
        return false;
    }
    if (node.kind == Node::Kind::kNull || node.value.empty()) {
        TellNoValue(node, key, hint, diagnostics);
        return false;
    }
    return CheckOneLine(node, key, diagnostics);
}

std::vector<const Node*> ListOf(const Node& node, std::string_view key, std::string_view expected,
                                Diagnostics* diagnostics) {
    if (node.kind != Node::Kind::kList) {
        if (!CheckScalar(node, key, expected, diagnostics)) return {};
        return {&node};
    }
    if (node.items.empty()) {
        diagnostics->Error(node.where, fmt::format(message::kEmptyList, key),
                           message::kHintEmptyList);
    }
    std::vector<const Node*> entries;
    entries.reserve(node.items.size());
    NumberTable known;
    for (const Node& item : node.items) {
        if (!CheckEntry(item, key, diagnostics)) continue;
        const auto [first, is_new] =
            known.FindOrAdd(HashBytes(item.value), static_cast<uint32_t>(entries.size()),
                            [&](uint32_t entry) { return entries[entry]->value == item.value; });
        if (is_new) {
            entries.push_back(&item);
        } else {
            diagnostics->Error(item.where,
                               fmt::format(message::kDuplicateEntry, Shorten(item.value)),
                               fmt::format(message::kHintFirstLine, entries[first]->where.line));
        }
    }
    return entries;
}

std::vector<const Node*> MapsOf(const Node& node, std::string_view key, MapKind kind,
                                Diagnostics* diagnostics) {
    if (node.refused) return {};
    const bool rules = kind == MapKind::kRule;
    const std::string hint = rules ? message::kHintNoRules : fmt::format(message::kHintNoRequests);
    if (node.kind == Node::Kind::kNull) {
        TellNoValue(node, key, hint, diagnostics);
    } else if (node.kind != Node::Kind::kList) {
        TellWrongType(node, key, fmt::format("a list of {}", key), hint, diagnostics);
    } else if (node.items.empty()) {
        diagnostics->Error(node.where, fmt::format(message::kEmptyList, key), hint);
    }
    std::vector<const Node*> maps;
    for (const Node& item : node.items) {
        if (CheckMap(item, kind, rules ? "the rule" : "the request", diagnostics)) {
            maps.push_back(&item);
        }
    }
    return maps;
}

void TellUnknown(const Node& node, std::string_view format, std::span<const std::string_view> words,
                 std::string otherwise, Diagnostics* diagnostics) {
    const std::string_view near = Closest(node.value, words);
    if (!near.empty()) otherwise = fmt::format(message::kHintDidYouMean, near);
    diagnostics->Error(node.where, fmt::format(fmt::runtime(format), Shorten(node.value)),
                       std::move(otherwise));
}

}  // namespace bailiff::policy
