// SPDX-License-Identifier: Apache-2.0
//
// The one external function is BuildPathAutomaton().
#include "policy/path_automaton.h"

#include <algorithm>
#include <unordered_map>

#include "policy/pattern_graph.h"

namespace bailiff::policy {
namespace {

using NodeId = PatternGraph::NodeId;
using NodeSet = std::vector<NodeId>;  // sorted, without repeats

struct NodeSetHash {
    size_t operator()(const NodeSet& set) const {
        uint64_t hash = set.size();
        for (NodeId node : set) hash = (hash ^ node) * 0x9e3779b97f4a7c15ULL;
        return hash ^ hash >> 32;
    }
};

// What can follow a set of nodes, merged.
struct Successors {
    std::map<std::string, NodeSet> literals;
    std::map<uint32_t, NodeSet> globs;
    NodeSet any;
};

void Append(NodeSet* set, const NodeSet& more) {
    set->insert(set->end(), more.begin(), more.end());
}

class Builder {
  public:
    Builder(const PatternGraph& graph, const AutomatonLimits& limits)
        : graph_(graph), limits_(limits) {}

    std::optional<PathAutomaton> Build(std::string* too_many) {
        StateOf({});  // dead
        out_.root = StateOf({PatternGraph::kRoot});
        NodeId leading = graph_.node(PatternGraph::kRoot).any_depth;
        out_.lost = leading ? StateOf({leading}) : 0;
        for (uint32_t state = 1; state < sets_.size(); state++) {
            if (!Expand(state, too_many)) return std::nullopt;
        }
        return std::move(out_);
    }

  private:
    // The state of a set of nodes, which is closed here over what `**` reaches without a component.
    uint32_t StateOf(NodeSet set) {
        for (size_t i = 0; i < set.size(); i++) {
            if (NodeId deep = graph_.node(set[i]).any_depth) set.push_back(deep);
        }
        std::ranges::sort(set);
        set.erase(std::unique(set.begin(), set.end()), set.end());
        auto [at, is_new] = numbers_.emplace(std::move(set), static_cast<uint32_t>(sets_.size()));
        if (is_new) {
            sets_.push_back(&at->first);
            out_.states.push_back({});
            out_.states.back().accepts = AcceptsOf(at->first);
        }
        return at->second;
    }

    std::vector<uint32_t> AcceptsOf(const NodeSet& set) const {
        std::vector<uint32_t> accepts;
        for (NodeId node : set) Append(&accepts, graph_.node(node).accepts);
        std::ranges::sort(accepts);
        accepts.erase(std::unique(accepts.begin(), accepts.end()), accepts.end());
        return accepts;
    }

    Successors Follow(const NodeSet& set) const {
        Successors next;
        for (NodeId id : set) {
            const PatternGraph::Node& node = graph_.node(id);
            for (const auto& [name, targets] : node.literals) Append(&next.literals[name], targets);
            for (auto [glob, target] : node.globs) next.globs[glob].push_back(target);
            Append(&next.any, node.any_name);
            if (node.stays) next.any.push_back(id);
        }
        return next;
    }

    bool Expand(uint32_t state, std::string* too_many) {
        Successors next = Follow(*sets_[state]);
        out_.states[state].default_to = StateOf(next.any);
        if (!next.globs.empty() && !ExpandGlobs(state, next, too_many)) return false;
        for (auto& [name, targets] : next.literals) ExpandLiteral(state, name, targets, next);
        edges_ += out_.states[state].literals.size();
        if (sets_.size() > limits_.states || edges_ > limits_.edges) {
            *too_many = "the paths overlap in too many ways";
            return false;
        }
        return true;
    }

    // A name's own edge already leads where its globs lead too, since it is taken first.
    void ExpandLiteral(uint32_t state, const std::string& name, NodeSet targets,
                       const Successors& next) {
        for (const auto& [glob, more] : next.globs) {
            if (MatchGlob(graph_.glob(glob), name)) Append(&targets, more);
        }
        Append(&targets, next.any);
        uint32_t to = StateOf(std::move(targets));
        out_.states[state].literals.emplace(name, to);
    }

    bool ExpandGlobs(uint32_t state, const Successors& next, std::string* too_many) {
        std::vector<uint32_t> numbers;
        for (const auto& [glob, targets] : next.globs) numbers.push_back(glob);
        std::optional<uint32_t> matcher = MatcherOf(numbers);
        if (!matcher) {
            *too_many = "the globs of one directory overlap in too many ways";
            return false;
        }
        std::vector<uint32_t> glob_targets;
        for (const auto& matched : out_.globs[*matcher].matches) {
            NodeSet targets = next.any;
            for (uint32_t which : matched) Append(&targets, next.globs.at(numbers[which]));
            glob_targets.push_back(StateOf(std::move(targets)));
        }
        out_.states[state].glob = *matcher + 1;
        out_.states[state].glob_targets = std::move(glob_targets);
        return true;
    }

    std::optional<uint32_t> MatcherOf(const std::vector<uint32_t>& numbers) {
        auto known = matchers_.find(numbers);
        if (known != matchers_.end()) return known->second;
        std::vector<Glob> globs;
        for (uint32_t number : numbers) globs.push_back(graph_.glob(number));
        std::optional<ByteAutomaton> matcher = BuildByteAutomaton(globs);
        if (!matcher) return std::nullopt;
        auto number = static_cast<uint32_t>(out_.globs.size());
        out_.globs.push_back(std::move(*matcher));
        matchers_.emplace(numbers, number);
        return number;
    }

    const PatternGraph& graph_;
    AutomatonLimits limits_;
    PathAutomaton out_;
    std::unordered_map<NodeSet, uint32_t, NodeSetHash> numbers_;
    std::vector<const NodeSet*> sets_;  // by state; points into numbers_, whose nodes stay put
    std::map<std::vector<uint32_t>, uint32_t> matchers_;
    size_t edges_ = 0;
};

}  // namespace

std::optional<PathAutomaton> BuildPathAutomaton(const std::vector<const PathPattern*>& patterns,
                                                const AutomatonLimits& limits,
                                                std::string* too_many) {
    PatternGraph graph;
    for (uint32_t i = 0; i < patterns.size(); i++) graph.Add(*patterns[i], i);
    return Builder(graph, limits).Build(too_many);
}

}  // namespace bailiff::policy
