// SPDX-License-Identifier: Apache-2.0
//
// What `bailiff doctor` shows.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/fix.h"
#include "doctor/requirements.h"
#include "enforce/probe.h"

namespace bailiff::doctor {

struct Examination {
    enforce::KernelFacts facts;
    std::vector<Finding> findings;
    FixPlan plan;
    Conclusion conclusion;
};

// Probes, checks and plans; reads only. `root` as in enforce::Probe.
Examination Examine(const std::string& root = {});

// One line a requirement, below it what a failure means and what to do, then the conclusion.
// `paint` colours a word by the state that it stands for.
using Paint = std::function<std::string(State state, std::string_view word)>;
std::string RenderText(const Examination& examination, const Paint& paint = {});

nlohmann::json RenderJson(const Examination& examination);
nlohmann::json RenderJson(const FixPlan& plan);

}  // namespace bailiff::doctor
