// SPDX-License-Identifier: Apache-2.0
//
// Path patterns as a graph over components, nondeterministic, with shared beginnings. Internal to
// policy/path_automaton.cc.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "policy/path_pattern.h"

namespace bailiff::policy {

class PatternGraph {
  public:
    using NodeId = uint32_t;

    struct Node {
        std::map<std::string, std::vector<NodeId>> literals;
        std::vector<std::pair<uint32_t, NodeId>> globs;  // glob number, target
        std::vector<NodeId> any_name;                    // `*`
        NodeId any_depth = 0;           // `**`: reached without a component; 0: none
        bool stays = false;             // any component leads back here
        std::vector<uint32_t> accepts;  // patterns that end here
    };

    PatternGraph() : nodes_(1) {}

    void Add(const PathPattern& pattern, uint32_t number);

    static constexpr NodeId kRoot = 0;
    const Node& node(NodeId id) const { return nodes_[id]; }
    const Glob& glob(uint32_t number) const { return globs_[number]; }

  private:
    NodeId Extend(NodeId from, const Component& component);
    NodeId ExtendShared(NodeId from, const Glob& choice);
    void Connect(NodeId from, const Glob& choice, NodeId to);
    NodeId NewNode();
    uint32_t GlobNumber(const Glob& glob);

    std::vector<Node> nodes_;
    std::vector<Glob> globs_;
    std::map<std::string, uint32_t> glob_numbers_;
    std::map<std::pair<NodeId, std::string>, NodeId> shared_;  // one-choice edges, to share
};

}  // namespace bailiff::policy
