// SPDX-License-Identifier: Apache-2.0
//
// Words of the language that stand for numbers of the kernel or of abi/.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "abi/operation.h"
#include "abi/subject.h"

namespace bailiff::policy {

std::span<const std::string_view> OperationWords();
// BLF_OP_*, or nothing.
std::optional<unsigned> OperationByWord(std::string_view word);
// What a rule may name: an operation, or a family of them (abi/families.def).
std::span<const std::string_view> RuleWords();
// By index into RuleWords(): one line for people.
std::span<const std::string_view> RuleMeanings();
// The bits of such a word, or nothing.
std::optional<blf_set> OperationsByWord(std::string_view word);
// What a policy's default may close: a family by what the names of its operations begin with, such
// as `file` or `mount`.
std::span<const std::string_view> OperationFamilies();
std::optional<blf_set> OperationsOfFamily(std::string_view word);
// The word of the family that an operation is in.
std::string_view FamilyOf(unsigned operation);
// The operations that an `allow` of these opens: them, and what goes with them (abi/opens.def).
blf_set OpenedBy(blf_set operations);
// The request that `explain --op WORD` puts.
blf_ask AskOf(unsigned operation);
// Is the request about a socket, and not about what has a path?
bool IsOnSocket(blf_ask ask);
// What the operation is on.
blf_object_kind ObjectOf(unsigned operation);
// By enum blf_ask: the operations that the request performs at once.
std::span<const blf_set> AskOperations();
// By enum blf_ask: what has to be allowed where a default denies it.
std::span<const blf_set> AskNeeds();
// "file.read, file.write": the words of a set of bits.
std::string OperationList(blf_set operations);
// A set as the image has it (struct blf_clause).
std::array<uint64_t, 2> WordsOf(blf_set operations);

// Which details the request has (abi/details.def): a bit for each enum blf_by.
uint64_t DetailsOf(blf_ask ask);

// The errnos a policy may name.
std::span<const std::string_view> ErrnoWords();
std::optional<int> ErrnoByWord(std::string_view word);
// "EPERM"; of an errno that has no word here, its number.
std::string ErrnoWord(int error);

// The key of a policy that asks for it: "uid". Details have one for some operations: "module".
std::string_view DimensionWord(blf_by dimension, blf_set operations = ~blf_set{0});

// "too-deep", and what it means.
std::string_view ReasonWord(uint32_t reason);
std::string_view ReasonMeaning(uint32_t reason);

}  // namespace bailiff::policy
