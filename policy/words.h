// SPDX-License-Identifier: Apache-2.0
//
// Words of the language that stand for numbers of the kernel or of abi/.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace bailiff::policy {

// The operations, by number (enum blf_operation): "file.open", ...
std::span<const std::string_view> OperationWords();

// The number of an operation's word.
std::optional<unsigned> OperationByWord(std::string_view word);

// The errnos that a rule may deny with, and their numbers. ENOANO is none of them: the proof of
// enforcement needs one that nothing else gives.
std::span<const std::string_view> ErrnoWords();
std::optional<int> ErrnoByWord(std::string_view word);

// "EPERM", or an empty view when no rule can give this number.
std::string_view ErrnoWord(int error);

}  // namespace bailiff::policy
