// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The decision as the kernel runs it, over an image in memory, in the oracle's words.
#pragma once

#include <string>

#include "decide/testing/oracle.h"
#include "policy/image.h"

namespace bailiff::decide::testing {

// Classify() and blf_decide(). `applying` stays empty: the kernel does not ask for it.
OracleVerdict EngineDecide(const policy::ImageView& image, const OracleRequest& request);

// blf_decide_move(). `states_differ`: the engine cannot see that nothing changes below.
struct EngineMove {
    OracleVerdict verdict;
    bool states_differ = false;
};
EngineMove EngineDecideMove(const policy::ImageView& image, const OracleMove& move);

// Explain(), which takes text: not for lost trees, nor for components `.` and `..`.
bool CanExplain(const OracleRequest& request);
OracleVerdict ExplainDecide(const policy::ImageView& image, const OracleRequest& request);

// Everything of a case, for the message of a failed test.
std::string Describe(const std::vector<policy::Policy>& policies, const OracleRequest& request);
std::string Describe(const std::vector<policy::Policy>& policies, const OracleMove& move);
std::string Describe(const OracleVerdict& verdict);

}  // namespace bailiff::decide::testing
