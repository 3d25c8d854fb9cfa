// SPDX-License-Identifier: Apache-2.0
//
// Path patterns as a graph over components, nondeterministic, with shared beginnings and ends.
// Internal to policy/path_automaton.cc. Names are views into the patterns, which must outlive it.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "policy/number_table.h"
#include "policy/path_pattern.h"

namespace bailiff::policy {

class PatternGraph {
  public:
    using NodeId = uint32_t;

    struct Edge {
        uint32_t by;  // the number of a name, or of a glob
        NodeId to;
    };

    PatternGraph() { NewNode(); }

    // A path that ends at the pattern's end carries the label.
    void Add(const PathPattern& pattern, uint32_t label);
    // After the last Add(), and before anything below is asked.
    void Finish();

    static constexpr NodeId kRoot = 0;
    size_t size() const { return any_depth_.size(); }
    // Nodes whose continuations are the same are one: follow what this says, not what Add() made.
    std::span<const Edge> literals(NodeId node) const { return literals_.of(node); }
    std::span<const Edge> globs(NodeId node) const { return globs_.of(node); }
    std::span<const Edge> any_names(NodeId node) const { return any_names_.of(node); }  // `*`
    std::span<const Edge> labels(NodeId node) const { return labels_.of(node); }  // `by`, sorted
    NodeId any_depth(NodeId node) const { return any_depth_[node]; }  // `**` from here; 0: none
    bool stays(NodeId node) const { return stays_[node]; }  // any component leads back here
    // The one label that paths from here can come to carry; kNoLabel when there are several.
    static constexpr uint32_t kNoLabel = 0xffffffff;
    uint32_t only_label(NodeId node) const { return only_label_[node]; }
    // Does every path from here on carry the label?
    bool absorbs(NodeId node) const { return absorbs_[node]; }
    bool has_absorbing() const { return !absorbers_.empty(); }
    // The node that stands for all that absorb this label and lead to no other; 0: there is none.
    NodeId absorber_of(uint32_t label) const {
        const auto found = absorbers_.find(label);
        return found == absorbers_.end() ? 0 : found->second;
    }
    uint32_t pattern_of(NodeId node) const { return origin_[node]; }  // the first that goes there

    const Glob& glob(uint32_t number) const { return *glob_list_[number]; }
    std::string_view name(uint32_t number) const { return name_list_[number]; }
    uint32_t pattern_with(uint32_t glob) const { return glob_origin_[glob]; }  // the first
    void TakeNames(std::vector<std::string_view>* names, std::deque<std::string>* copies) {
        *names = std::move(name_list_);
        *copies = std::move(expanded_);
    }

  private:
    // Edges by the node they leave, in the order in which they were added.
    class Edges {
      public:
        void Add(NodeId from, Edge edge) { added_.emplace_back(from, edge); }
        void Finish(size_t nodes);
        uint32_t added() const { return static_cast<uint32_t>(added_.size()); }
        const std::pair<NodeId, Edge>& edge(uint32_t number) const { return added_[number]; }
        std::span<const Edge> of(NodeId node) const {
            return {&edges_[first_[node]], &edges_[first_[node + 1]]};
        }
        template <typename Change>
        void ForEach(Change change) {
            for (auto& [from, edge] : added_) change(from, &edge);
        }

      private:
        std::vector<std::pair<NodeId, Edge>> added_;
        std::vector<uint32_t> first_;
        std::vector<Edge> edges_;
    };

    NodeId NewNode();
    NodeId Extend(NodeId from, const Component& component);
    NodeId ExtendByName(NodeId from, uint32_t name);
    NodeId ExtendByChoices(NodeId from, const Component& component);
    void Connect(NodeId from, const Glob& choice, NodeId to);
    uint32_t NameNumber(std::string_view name);
    uint32_t NumberOfCopy(const std::string& name);
    uint32_t GlobNumber(const Glob& glob);
    void ShareEnds();
    void FindAbsorbing();
    void FindOnlyLabels();

    Edges literals_, globs_, any_names_, labels_;
    std::vector<NodeId> any_depth_;
    std::vector<bool> stays_;
    std::vector<bool> absorbs_;
    std::unordered_map<uint32_t, NodeId> absorbers_;
    std::vector<uint32_t> only_label_;  // empty when nothing absorbs
    std::vector<uint32_t> origin_;
    std::vector<std::string_view> name_list_;
    std::vector<const Glob*> glob_list_;
    std::vector<uint32_t> glob_origin_;
    NumberTable name_numbers_;
    std::unordered_map<std::string, uint32_t> glob_numbers_;
    NumberTable by_name_;  // of an edge out of a node by a name, in literals_
    std::unordered_map<std::string, NodeId> by_choices_;  // node and choices -> node
    std::deque<std::string> expanded_;                    // names that stand in patterns as globs
    uint32_t patterns_ = 0;
};

}  // namespace bailiff::policy
