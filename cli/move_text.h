// SPDX-License-Identifier: Apache-2.0
//
// What `explain --to` tells: the verdict on each name by itself, and on the move.
#pragma once

#include <string>

#include "cli/output.h"
#include "policy/explain_move.h"

namespace bailiff::cli {

// The first that denies, as the kernel asks; the first rule that would.
policy::Decision DecisionOf(const policy::MoveExplanation& explanation);

// What was asked and answered, a line each, and what the move would gain.
std::string MoveToText(const policy::ImageView& image, const policy::MoveRequest& request,
                       const policy::MoveExplanation& explanation);

// {"from", "to", "move"}, beside DecisionOf().
Json MoveToJson(const policy::ImageView& image, const policy::MoveRequest& request,
                const policy::MoveExplanation& explanation);

}  // namespace bailiff::cli
