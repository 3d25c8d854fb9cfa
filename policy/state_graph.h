// SPDX-License-Identifier: Apache-2.0
//
// An image's path automaton as a graph that can be asked what lies below a state.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <ranges>
#include <string>
#include <vector>

#include "policy/image.h"

namespace bailiff::policy {

class StateGraph {
  public:
    explicit StateGraph(const ImageView& image);

    bool HasLiteral(uint32_t from, const std::string& name) const;

    // The rules that a state gives its objects, sorted.
    std::vector<uint32_t> RulesAt(uint32_t state) const;
    // The rules that states at and below this one give, sorted.
    std::vector<uint32_t> RulesBelow(uint32_t state);

  private:
    std::ranges::subrange<std::vector<blf_edge>::const_iterator> EdgesOf(uint32_t from) const;
    std::vector<uint32_t> NextOf(uint32_t at);

    ImageView image_;
    std::vector<blf_edge> edges_;
    std::map<uint32_t, std::vector<uint32_t>> glob_targets_;
};

}  // namespace bailiff::policy
