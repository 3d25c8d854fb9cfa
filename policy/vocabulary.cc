// SPDX-License-Identifier: Apache-2.0
#include "policy/vocabulary.h"

#include <fmt/format.h>

#include <string>

#include "policy/fields.h"
#include "policy/messages.h"
#include "policy/redundant.h"
#include "policy/suggest.h"
#include "policy/utf8.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

struct DocumentTexts {
    std::string_view key, other_key;  // that hold the version
    std::string_view what;
    std::string_view is_other, hint_is_other;
    std::string_view other_version, hint_other_version;
};

constexpr DocumentTexts kPolicyTexts = {
    .key = "bailiff",
    .other_key = "bailiff-test",
    .what = "the policy",
    .is_other = message::kIsTest,
    .hint_is_other = message::kHintIsTest,
    .other_version = message::kOtherVersion,
    .hint_other_version = message::kHintOtherVersion,
};

constexpr DocumentTexts kTestTexts = {
    .key = "bailiff-test",
    .other_key = "bailiff",
    .what = "the test",
    .is_other = message::kIsPolicy,
    .hint_is_other = message::kHintIsPolicy,
    .other_version = message::kOtherTestVersion,
    .hint_other_version = message::kHintOtherTestVersion,
};

}  // namespace

bool CheckVersion(const Node& document, DocumentKind kind, Diagnostics* diagnostics) {
    const DocumentTexts& texts = kind == DocumentKind::kPolicy ? kPolicyTexts : kTestTexts;
    if (document.Find(texts.key) == nullptr && document.Find(texts.other_key) != nullptr) {
        diagnostics->Error(document.where, std::string(texts.is_other),
                           std::string(texts.hint_is_other));
        return false;
    }
    const Node* version = Require(document, texts.key, texts.what, diagnostics);
    if (version == nullptr) return true;
    if (!CheckScalar(*version, texts.key, "the number 1", diagnostics)) return true;
    if (version->value == "1") return true;
    diagnostics->Error(version->where,
                       fmt::format(fmt::runtime(texts.other_version), Shorten(version->value)),
                       std::string(texts.hint_other_version));
    const bool is_number = version->value.find_first_not_of("0123456789") == std::string::npos;
    return !is_number;
}

std::vector<unsigned> ReadOperations(const Node& node, std::string_view key,
                                     Diagnostics* diagnostics) {
    std::vector<unsigned> operations;
    std::vector<OperationsEntry> entries;
    for (const Node* word :
         ListOf(node, key, "an operation or a list of operations", diagnostics)) {
        const std::optional<blf_set> bits = OperationsByWord(word->value);
        if (!bits) {
            TellUnknown(*word, message::kUnknownOperation, RuleWords(), message::kHintOperations,
                        diagnostics);
            continue;
        }
        entries.push_back({word, *bits});
        for (unsigned operation = 0; operation < BLF_OPERATION_COUNT; operation++) {
            if (*bits >> operation & 1) operations.push_back(operation);
        }
    }
    TellRedundantOperations(entries, diagnostics);
    return operations;
}

blf_set ReadFamilies(const Node& node, Diagnostics* diagnostics) {
    blf_set operations = 0;
    for (const Node* word : ListOf(node, "deny", "a family or a list of families", diagnostics)) {
        std::string_view family = word->value;
        if (family.ends_with(".*")) family.remove_suffix(2);
        const std::optional<blf_set> bits = OperationsOfFamily(family);
        if (bits) {
            operations |= *bits;
            continue;
        }
        TellUnknown(*word, message::kUnknownFamily, OperationFamilies(),
                    fmt::format(message::kHintFamilies, ListWords(OperationFamilies())),
                    diagnostics);
    }
    return operations;
}

std::optional<int> ReadErrno(const Node& node, Diagnostics* diagnostics) {
    if (!CheckScalar(node, "errno", "the name of an errno", diagnostics)) return std::nullopt;
    const std::optional<int> error = ErrnoByWord(node.value);
    if (error) return error;
    if (node.value == "ENOANO") {
        diagnostics->Error(node.where, fmt::format(message::kReservedErrno, node.value),
                           message::kHintReservedErrno);
    } else {
        TellUnknown(node, message::kUnknownErrno, ErrnoWords(), message::kHintErrnos, diagnostics);
    }
    return std::nullopt;
}

}  // namespace bailiff::policy
