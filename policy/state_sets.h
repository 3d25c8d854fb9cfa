// SPDX-License-Identifier: Apache-2.0
//
// Distinct sets of graph nodes, numbered. Internal to policy/path_automaton.cc.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "policy/number_table.h"
#include "policy/pattern_graph.h"

namespace bailiff::policy {

using NodeSet = std::vector<PatternGraph::NodeId>;  // as a key: sorted, without repeats

class StateSets {
  public:
    explicit StateSets(size_t nodes) : of_one_(nodes, kNone) {}

    size_t size() const { return first_.size() - 1; }
    std::span<const PatternGraph::NodeId> of(uint32_t number) const {
        return std::span(nodes_).subspan(first_[number], first_[number + 1] - first_[number]);
    }

    // The number, and whether it is new.
    std::pair<uint32_t, bool> NumberOf(const NodeSet& set) {
        if (set.size() == 1) {
            uint32_t& number = of_one_[set[0]];
            const bool is_new = number == kNone;
            if (is_new) number = Append(set);
            return {number, is_new};
        }
        auto found = of_many_.FindOrAdd(
            HashOf(set), static_cast<uint32_t>(size()),
            [&](uint32_t number) { return std::ranges::equal(of(number), set); });
        if (found.second) Append(set);
        return found;
    }

  private:
    static constexpr uint32_t kNone = 0xffffffff;

    static uint64_t HashOf(const NodeSet& set) {
        uint64_t hash = set.size();
        for (PatternGraph::NodeId node : set) hash = MixHash(hash, node);
        return hash;
    }

    uint32_t Append(const NodeSet& set) {
        nodes_.insert(nodes_.end(), set.begin(), set.end());
        first_.push_back(nodes_.size());
        return static_cast<uint32_t>(first_.size() - 2);
    }

    std::vector<PatternGraph::NodeId> nodes_;
    std::vector<size_t> first_ = {0};
    std::vector<uint32_t> of_one_;  // the set's number, by its one node
    NumberTable of_many_;
};

}  // namespace bailiff::policy
