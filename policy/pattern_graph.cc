// SPDX-License-Identifier: Apache-2.0
#include "policy/pattern_graph.h"

namespace bailiff::policy {
namespace {

// A glob as a key: equal globs, equal keys.
std::string KeyOf(const Glob& glob) {
    std::string key;
    for (const GlobElement& element : glob) {
        key += element.star ? '*' : '.';
        if (!element.star) key += element.bytes.to_string();
    }
    return key;
}

}  // namespace

void PatternGraph::Add(const PathPattern& pattern, uint32_t number) {
    NodeId at = kRoot;
    for (const Component& component : pattern.components) at = Extend(at, component);
    nodes_[at].accepts.push_back(number);
}

PatternGraph::NodeId PatternGraph::Extend(NodeId from, const Component& component) {
    if (component.any_depth) {
        if (nodes_[from].any_depth == 0) {
            NodeId stays = NewNode();
            nodes_[stays].stays = true;
            nodes_[from].any_depth = stays;
        }
        return nodes_[from].any_depth;
    }
    if (component.choices.size() == 1) return ExtendShared(from, component.choices.front());
    // The choices meet again in a node of their own; sharing it with others would let what follows
    // one pattern's choice follow another's.
    NodeId to = NewNode();
    for (const Glob& choice : component.choices) Connect(from, choice, to);
    return to;
}

PatternGraph::NodeId PatternGraph::ExtendShared(NodeId from, const Glob& choice) {
    auto [at, is_new] = shared_.emplace(std::pair(from, KeyOf(choice)), 0);
    if (is_new) {
        at->second = NewNode();
        Connect(from, choice, at->second);
    }
    return at->second;
}

void PatternGraph::Connect(NodeId from, const Glob& choice, NodeId to) {
    std::string name;
    if (IsLiteral(choice, &name)) {
        nodes_[from].literals[name].push_back(to);
    } else if (IsAnyName(choice)) {
        nodes_[from].any_name.push_back(to);
    } else {
        nodes_[from].globs.emplace_back(GlobNumber(choice), to);
    }
}

PatternGraph::NodeId PatternGraph::NewNode() {
    nodes_.emplace_back();
    return static_cast<NodeId>(nodes_.size() - 1);
}

uint32_t PatternGraph::GlobNumber(const Glob& glob) {
    auto [at, is_new] = glob_numbers_.emplace(KeyOf(glob), globs_.size());
    if (is_new) globs_.push_back(glob);
    return at->second;
}

}  // namespace bailiff::policy
