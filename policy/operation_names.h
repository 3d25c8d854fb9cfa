// SPDX-License-Identifier: Apache-2.0
//
// The words of abi/*.def.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "abi/operation.h"

namespace bailiff::policy {

struct OperationInfo {
    blf_operation operation;
    std::string_view word;
    blf_ask ask;
    std::string_view meaning;
};

const std::vector<OperationInfo>& Operations();
const OperationInfo* FindOperation(std::string_view word);

// "file.read, file.write": the words of a set of bits.
std::string OperationWords(uint64_t operations);

std::string_view ReasonWord(uint32_t reason);
std::string_view ReasonMeaning(uint32_t reason);

// "EPERM"; a number for one without a name here.
std::string ErrnoName(uint32_t error);

}  // namespace bailiff::policy
