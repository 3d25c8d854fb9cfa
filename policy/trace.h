// SPDX-License-Identifier: Apache-2.0
//
// How a verdict comes about: each component's step through the automaton, and what each dimension
// leaves of the rules. The steps are taken by decide/ (policy/classify.h); what kind each was is
// read from the image's tables afterwards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/explain.h"
#include "policy/image.h"

namespace bailiff::policy {

enum class StepKind { kStart, kLiteral, kGlob, kDefault, kDead, kUndecidable };

std::string_view StepWord(StepKind kind);

struct TraceStep {
    StepKind kind{};
    std::string component;  // empty at the start
    uint32_t from = BLF_DEAD;
    uint32_t to = BLF_DEAD;
    uint32_t reason = 0;  // enum blf_reason, of an undecidable step
    // Of an object, sorted:
    std::vector<uint32_t> matches;   // rules that a path ending here matches
    std::vector<uint32_t> possible;  // these, and those that a longer path may match
};

struct DimensionTrace {
    std::string_view dimension;
    std::vector<uint32_t> leaves;       // rules, sorted
    std::vector<uint32_t> strikes_out;  // the others
};

// Of one of the asker's paths.
struct SubjectTrace {
    blf_by by{};
    std::vector<TraceStep> steps;
};

struct Trace {
    bool on_socket = false;  // the object is an address: one step, or two of two names
    // A step each, the start first. They end where nothing can match any more.
    // Of what is at no place, none.
    std::vector<TraceStep> object;
    // May it be at none? Then the rules that name no place are about it too, wherever it is.
    bool anywhere = false;
    std::vector<uint32_t> without_place;
    // Of the executable, the parent and the cgroup: those that the asker has and the image asks
    // for; of the executable always.
    std::vector<SubjectTrace> subject;
    // Operation, path, executable, user, what else the image asks for; and last all at once, which
    // is the verdict.
    std::vector<DimensionTrace> dimensions;
};

Result<Trace> TraceRequest(const ImageView& image, const Request& request,
                           const Explanation& explanation);

}  // namespace bailiff::policy
