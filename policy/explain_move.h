// SPDX-License-Identifier: Apache-2.0
//
// The verdict on a rename or a hard link that nobody makes, by the code that the kernel runs
// (decide/move.h).
#pragma once

#include <cstdint>
#include <string>

#include "policy/explain.h"

namespace bailiff::policy {

// The names of one side, looked up. Without mounts the canonical name is the visible one.
struct ClassifiedNames {
    PathClass visible;
    PathClass canonical;
    uint32_t tagged = BLF_DEAD;  // state; counts on the old side alone
};

struct ClassifiedMove {
    ClassifiedNames from;
    ClassifiedNames to;
    const blf_who* who = nullptr;
    bool directory = false;
};

// Why the move is refused, apart from what each name says of it.
struct Gain {
    uint32_t rule = BLF_NONE;
    bool from = false;       // the rule denies by the old name, or by the new one
    blf_set operations = 0;  // that one name denies and not the other; of a directory, that
                             // either denies at or below it
};

struct MoveDecision : Decision {
    Gain gain;
    Gain audit_gain;
};

MoveDecision DecideMove(const ImageView& image, const ClassifiedMove& move);

struct MoveRequest {
    blf_ask from_ask{};
    blf_ask to_ask{};
    std::string from;
    std::string to;
    bool directory = false;
    Asker who;
};

// In the order in which the kernel asks: the first that denies is what the call fails with.
struct MoveExplanation {
    Explanation from;
    Explanation to;
    MoveDecision move;
};

// Fails (kUsage) for a path that only a file system can resolve.
Result<MoveExplanation> ExplainMove(const ImageView& image, const MoveRequest& request);

}  // namespace bailiff::policy
