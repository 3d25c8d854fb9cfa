// SPDX-License-Identifier: Apache-2.0
//
// Entries of selectors that are numbers: users, groups, capabilities, words that stand for one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "policy/accounts.h"
#include "policy/diagnostic.h"
#include "policy/model.h"
#include "policy/node.h"

namespace bailiff::policy {

// (uid_t)-1 and (gid_t)-1 mean "none" to the kernel. A process that does not come from a login has
// the former as its login uid.
inline constexpr uint32_t kLargestId = 4294967294;

// One entry: a number or a range of users or groups, the name of one, or one of WordsOf(). Nothing
// when it is wrong, and told.
std::optional<NumberRange> ReadNumber(const Node& node, const Selector<Ranges>& selector,
                                      const Accounts& accounts, Diagnostics* diagnostics);

// The words that stand for numbers under this selector, by number where there is nothing else;
// empty for users and groups.
std::span<const std::string_view> WordsOf(blf_by dimension);

// "tty", "net_admin", "1000-1999", "unset": as a policy could have it.
std::string NumberText(blf_by dimension, NumberRange range);

// The row of abi/selectors.def for this dimension.
const Selector<Ranges>& NumberSelector(blf_by dimension);

}  // namespace bailiff::policy
