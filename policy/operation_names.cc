// SPDX-License-Identifier: Apache-2.0
#include "policy/operation_names.h"

#include <cstring>

namespace bailiff::policy {

const std::vector<OperationInfo>& Operations() {
    static const std::vector<OperationInfo> operations = {
#define BLF_OPERATION(id, word, ask, meaning) {BLF_OP_##id, word, BLF_ASK_##ask, meaning},
#include "abi/operations.def"
#undef BLF_OPERATION
    };
    return operations;
}

const OperationInfo* FindOperation(std::string_view word) {
    for (const OperationInfo& operation : Operations()) {
        if (operation.word == word) return &operation;
    }
    return nullptr;
}

std::string OperationWords(uint64_t operations) {
    std::string words;
    for (const OperationInfo& operation : Operations()) {
        if (!(operations >> operation.operation & 1)) continue;
        if (!words.empty()) words += ", ";
        words += operation.word;
    }
    return words;
}

static const std::vector<std::pair<std::string_view, std::string_view>>& Reasons() {
    static const std::vector<std::pair<std::string_view, std::string_view>> reasons = {
#define BLF_REASON(id, word, meaning) {word, meaning},
#include "abi/reasons.def"
#undef BLF_REASON
    };
    return reasons;
}

std::string_view ReasonWord(uint32_t reason) {
    return reason < Reasons().size() ? Reasons()[reason].first : "unknown";
}

std::string_view ReasonMeaning(uint32_t reason) {
    return reason < Reasons().size() ? Reasons()[reason].second : "unknown";
}

std::string ErrnoName(uint32_t error) {
    const char* name = strerrorname_np(static_cast<int>(error));
    return name ? name : std::to_string(error);
}

}  // namespace bailiff::policy
