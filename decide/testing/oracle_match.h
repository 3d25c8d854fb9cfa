// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// What the oracle is made of: does a rule, or whom it is about, match?
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "decide/testing/oracle.h"

namespace bailiff::decide::testing {

bool MatchComponent(const policy::Component& component, const std::string& name);
bool AnyMatches(const std::vector<policy::PathPattern>& patterns, const OraclePath& path);

// No ranges: any number. The second: one of several numbers.
bool NumberMatches(const policy::Ranges& ranges, uint32_t number);
bool AnyNumberMatches(const policy::Ranges& ranges, const std::vector<uint32_t>& numbers);
std::vector<uint32_t> BitsOf(uint64_t mask);

// All selectors that were written, of who asks.
bool SubjectMatches(const policy::Subject& subject, const OracleWho& who);

// Those of the process that is asked about, as if they were of who asks.
policy::Subject TargetOf(const policy::Subject& subject);

// What an allow of these allows.
blf_set OpenedBy(blf_set allowed);
// Null: it has none.
const policy::Rule* DefaultOf(const policy::Policy& policy);
OracleRule NameOfDefault(const policy::Policy& policy);

// The policies of a mode, by name.
std::vector<const policy::Policy*> InOrder(const std::vector<policy::Policy>& policies,
                                           policy::Mode mode);
// The rule of this policy that answers: an index, or nothing when no rule applies.
std::optional<size_t> AnswerOf(const policy::Policy& policy, const std::vector<bool>& applies);

}  // namespace bailiff::decide::testing
