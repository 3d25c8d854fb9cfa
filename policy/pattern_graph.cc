// SPDX-License-Identifier: Apache-2.0
#include "policy/pattern_graph.h"

#include <algorithm>

namespace bailiff::policy {
namespace {

// A glob as a key: equal globs, equal keys, and none is the beginning of another.
std::string KeyOf(const Glob& glob) {
    std::string key;
    for (const GlobElement& element : glob) {
        key += element.star ? '*' : '.';
        if (element.star) continue;
        if (element.bytes.count() == 1) {
            key += static_cast<char>(element.bytes._Find_first());
        } else {
            key.back() = '[';
            key += element.bytes.to_string();
        }
    }
    return key + '/';
}

}  // namespace

void PatternGraph::Edges::Finish(size_t nodes) {
    first_.assign(nodes + 2, 0);
    for (const auto& [from, edge] : added_) first_[from + 2]++;
    for (size_t i = 2; i < first_.size(); i++) first_[i] += first_[i - 1];
    edges_.resize(added_.size() + 1);
    for (const auto& [from, edge] : added_) edges_[first_[from + 1]++] = edge;
    added_ = {};
}

void PatternGraph::Add(const PathPattern& pattern, uint32_t label) {
    NodeId at = kRoot;
    for (const Component& component : pattern.components) at = Extend(at, component);
    labels_.Add(at, {label, 0});
    patterns_++;
}

void PatternGraph::Finish() {
    ShareEnds();
    literals_.Finish(size());
    globs_.Finish(size());
    any_names_.Finish(size());
    labels_.Finish(size());
    FindAbsorbing();
    name_numbers_ = {};
    glob_numbers_ = {};
    by_name_ = {};
    by_choices_ = {};
}

PatternGraph::NodeId PatternGraph::NewNode() {
    any_depth_.push_back(0);
    stays_.push_back(false);
    origin_.push_back(patterns_);
    return static_cast<NodeId>(any_depth_.size() - 1);
}

PatternGraph::NodeId PatternGraph::Extend(NodeId from, const Component& component) {
    if (!component.name.empty()) return ExtendByName(from, NameNumber(component.name));
    if (!component.any_depth) return ExtendByChoices(from, component);
    if (any_depth_[from] == 0) {
        NodeId stays = NewNode();
        stays_[stays] = true;
        any_depth_[from] = stays;
    }
    return any_depth_[from];
}

PatternGraph::NodeId PatternGraph::ExtendByName(NodeId from, uint32_t name) {
    const uint64_t hash = MixHash(from, name);
    auto [edge, is_new] = by_name_.FindOrAdd(hash, literals_.added(), [&](uint32_t number) {
        return literals_.edge(number).first == from && literals_.edge(number).second.by == name;
    });
    if (is_new) literals_.Add(from, {name, NewNode()});
    return literals_.edge(edge).second.to;
}

// The choices meet again in a node that only the same choices lead to: otherwise what follows one
// pattern's choice would follow another's.
PatternGraph::NodeId PatternGraph::ExtendByChoices(NodeId from, const Component& component) {
    std::string name;
    if (component.choices.size() == 1 && IsLiteral(component.choices[0], &name)) {
        return ExtendByName(from, NumberOfCopy(name));
    }
    std::string key = std::to_string(from) + '/';
    for (const Glob& choice : component.choices) key += KeyOf(choice);
    auto [at, is_new] = by_choices_.emplace(std::move(key), 0);
    if (is_new) {
        at->second = NewNode();
        for (const Glob& choice : component.choices) Connect(from, choice, at->second);
    }
    return at->second;
}

void PatternGraph::Connect(NodeId from, const Glob& choice, NodeId to) {
    std::string name;
    if (IsLiteral(choice, &name)) {
        literals_.Add(from, {NumberOfCopy(name), to});
    } else if (IsAnyName(choice)) {
        any_names_.Add(from, {0, to});
    } else {
        globs_.Add(from, {GlobNumber(choice), to});
    }
}

uint32_t PatternGraph::NameNumber(std::string_view name) {
    auto [number, is_new] =
        name_numbers_.FindOrAdd(HashBytes(name), static_cast<uint32_t>(name_list_.size()),
                                [&](uint32_t known) { return name_list_[known] == name; });
    if (is_new) name_list_.push_back(name);
    return number;
}

// A name that no pattern holds as one is kept here.
uint32_t PatternGraph::NumberOfCopy(const std::string& name) {
    const size_t before = name_list_.size();
    const uint32_t number = NameNumber(name);
    if (name_list_.size() > before) name_list_.back() = expanded_.emplace_back(name);
    return number;
}

uint32_t PatternGraph::GlobNumber(const Glob& glob) {
    auto [at, is_new] = glob_numbers_.emplace(KeyOf(glob), glob_list_.size());
    if (is_new) {
        glob_list_.push_back(&glob);
        glob_origin_.push_back(patterns_);
    }
    return at->second;
}

void PatternGraph::FindAbsorbing() {
    bool any = false;
    absorbs_.resize(size());
    for (NodeId node = 0; node < size(); node++) {
        absorbs_[node] = stays_[node] && !labels(node).empty();
        any = any || absorbs_[node];
    }
    if (!any) return;
    FindOnlyLabels();
    for (NodeId node = 0; node < size(); node++) {
        if (absorbs_[node] && only_label_[node] != kNoLabel) {
            absorbers_.emplace(only_label_[node], node);
        }
    }
}

// A node's successors are younger than it, or ends, which have none.
void PatternGraph::FindOnlyLabels() {
    constexpr uint32_t kUnset = kNoLabel - 1;
    only_label_.assign(size(), kUnset);
    const auto add = [&](NodeId node, uint32_t label) {
        if (label == kUnset) return;
        uint32_t& known = only_label_[node];
        known = known == kUnset || known == label ? label : kNoLabel;
    };
    for (NodeId node = 0; node < size(); node++) {
        for (Edge label : labels(node)) add(node, label.by);
    }
    for (auto node = static_cast<NodeId>(size()); node-- > 0;) {
        for (const auto& edges : {literals(node), globs(node), any_names(node)}) {
            for (Edge edge : edges) add(node, only_label_[edge.to]);
        }
        if (any_depth(node) != 0) add(node, only_label_[any_depth(node)]);
    }
}

// Paths that end with one label and lead no further end in one node: the files of one rule.
void PatternGraph::ShareEnds() {
    constexpr uint32_t kNone = 0xffffffff;
    std::vector<uint32_t> label(size(), kNone);
    std::vector<bool> goes_on(size(), false);
    for (NodeId node = 0; node < size(); node++) {
        goes_on[node] = node == kRoot || stays_[node] || any_depth_[node] != 0;
    }
    for (Edges* edges : {&literals_, &globs_, &any_names_}) {
        edges->ForEach([&](NodeId from, Edge*) { goes_on[from] = true; });
    }
    labels_.ForEach([&](NodeId from, Edge* edge) {
        if (label[from] != kNone && label[from] != edge->by) goes_on[from] = true;
        label[from] = edge->by;
    });
    std::unordered_map<uint32_t, NodeId> ends;  // by label
    std::vector<NodeId> shared(size());
    for (NodeId node = 0; node < size(); node++) {
        shared[node] = goes_on[node] ? node : ends.emplace(label[node], node).first->second;
    }
    for (Edges* edges : {&literals_, &globs_, &any_names_}) {
        edges->ForEach([&](NodeId, Edge* edge) { edge->to = shared[edge->to]; });
    }
}

}  // namespace bailiff::policy
