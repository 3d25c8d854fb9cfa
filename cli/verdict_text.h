// SPDX-License-Identifier: Apache-2.0
//
// How `explain` tells a verdict, and the rule that gave it.
#pragma once

#include <cstdint>
#include <string>

#include "cli/output.h"
#include "policy/explain.h"

namespace bailiff::cli {

// "keep-secret, rule 1   keep-secret.yaml:7"
std::string RuleText(const policy::ImageView& image, uint32_t number);
// "deny", "allow" or "default".
std::string_view RuleKindWord(const blf_rule& rule);
// {"policy", "rule", "kind", "at"}; null when there is none.
Json RuleJson(const policy::ImageView& image, uint32_t number);

// The same, and how often it "denied" and "would_deny".
Json CountedRuleJson(const policy::ImageView& image, uint32_t number);

// "deny (EPERM)   keep-secret, rule 1   keep-secret.yaml:7"
std::string VerdictText(const policy::ImageView& image, const policy::Decision& decision);
// {"verdict", "errno", "reason", "rule", "would_deny"}
Json VerdictJson(const policy::ImageView& image, const policy::Decision& decision);

}  // namespace bailiff::cli
