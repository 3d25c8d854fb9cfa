// SPDX-License-Identifier: Apache-2.0
//
// The one external function is BuildPathAutomaton().
#include "policy/path_automaton.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "policy/overlap.h"
#include "policy/pattern_graph.h"
#include "policy/state_sets.h"

namespace bailiff::policy {
namespace {

using NodeId = PatternGraph::NodeId;
using Edge = PatternGraph::Edge;

// Edges with one label or glob, to several nodes.
template <typename Use>
void ForEachGroup(std::vector<Edge>* edges, Use use) {
    std::ranges::stable_sort(*edges, {}, &Edge::by);
    for (size_t begin = 0; begin < edges->size();) {
        size_t end = begin;
        NodeSet to;
        while (end < edges->size() && (*edges)[end].by == (*edges)[begin].by) {
            to.push_back((*edges)[end++].to);
        }
        use((*edges)[begin].by, std::move(to));
        begin = end;
    }
}

void Append(NodeSet* set, const NodeSet& more) {
    set->insert(set->end(), more.begin(), more.end());
}

// What can follow a set of nodes.
struct Successors {
    std::vector<Edge> literals;
    std::vector<Edge> globs;
    NodeSet any;
};

class Builder {
  public:
    Builder(const PatternGraph& graph, const AutomatonLimits& limits, Work* work)
        : graph_(graph), limits_(limits), work_(work), sets_(graph.size()) {}

    std::variant<PathAutomaton, Overlap> Build() {
        StateOf({});  // dead
        out_.root = StateOf({PatternGraph::kRoot});
        NodeId leading = graph_.any_depth(PatternGraph::kRoot);
        out_.lost = leading ? StateOf({leading}) : 0;
        for (uint32_t state = 1; state < sets_.size(); state++) {
            if (!Expand(state))
                return Overlap{
                    stuck_globs_.empty() ? Overlap::Of::kDirectories : Overlap::Of::kNames,
                    Blame()};
        }
        return std::move(out_);
    }

  private:
    // The state of a set of nodes, which is closed here over what `**` reaches without a component.
    uint32_t StateOf(NodeSet set) {
        for (size_t i = 0; i < set.size(); i++) {
            if (NodeId deep = graph_.any_depth(set[i])) set.push_back(deep);
        }
        if (set.size() > 1) {
            std::ranges::sort(set);
            set.erase(std::unique(set.begin(), set.end()), set.end());
            if (graph_.has_absorbing()) DropAbsorbed(&set);
        }
        work_->Spend(1 + set.size());
        auto [state, is_new] = sets_.NumberOf(set);
        if (is_new) {
            out_.states.push_back({});
            out_.states.back().accepts = LabelSetOf(set);
        }
        return state;
    }

    // Once every path carries a label, nothing that leads to this label alone is worth following.
    // Without this, patterns that end in `**` would multiply: below one, any other may be met too.
    void DropAbsorbed(NodeSet* set) const {
        std::set<uint32_t> absorbed;  // labels
        for (NodeId node : *set) {
            if (graph_.absorber_of(graph_.only_label(node)) != 0 && graph_.absorbs(node)) {
                absorbed.insert(graph_.only_label(node));
            }
        }
        if (absorbed.empty()) return;
        std::erase_if(*set,
                      [&](NodeId node) { return absorbed.contains(graph_.only_label(node)); });
        for (uint32_t label : absorbed) set->push_back(graph_.absorber_of(label));
        std::ranges::sort(*set);
    }

    uint32_t LabelSetOf(const NodeSet& set) {
        std::vector<uint32_t> labels;
        for (NodeId node : set) {
            for (Edge label : graph_.labels(node)) labels.push_back(label.by);
        }
        if (labels.empty()) return 0;
        std::ranges::sort(labels);
        labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
        work_->Spend(labels.size());
        auto [at, is_new] = label_numbers_.emplace(labels, out_.label_sets.size());
        if (is_new) out_.label_sets.push_back(std::move(labels));
        return at->second;
    }

    Successors Follow(uint32_t state) const {
        Successors next;
        for (NodeId node : sets_.of(state)) {
            auto literals = graph_.literals(node);
            next.literals.insert(next.literals.end(), literals.begin(), literals.end());
            auto globs = graph_.globs(node);
            next.globs.insert(next.globs.end(), globs.begin(), globs.end());
            for (Edge edge : graph_.any_names(node)) next.any.push_back(edge.to);
            if (graph_.stays(node)) next.any.push_back(node);
        }
        return next;
    }

    bool Expand(uint32_t state) {
        Successors next = Follow(state);
        uint32_t default_to = StateOf(next.any);
        out_.states[state].default_to = default_to;
        std::vector<NodeSet> by_match;  // where the globs lead, by index into the matcher's matches
        if (!next.globs.empty() && !ExpandGlobs(state, &next, &by_match)) return false;
        out_.states[state].first_literal = static_cast<uint32_t>(out_.all_literals.size());
        ForEachGroup(&next.literals, [&](uint32_t name, NodeSet to) {
            ExpandLiteral(state, name, std::move(to), by_match, next.any);
        });
        out_.states[state].literals =
            static_cast<uint32_t>(out_.all_literals.size()) - out_.states[state].first_literal;
        return !work_->spent() && sets_.size() <= limits_.states &&
               out_.all_literals.size() + out_.all_targets.size() <= limits_.edges;
    }

    // A name's own edge already leads where its globs lead too, since it is taken first.
    void ExpandLiteral(uint32_t state, uint32_t name, NodeSet to,
                       const std::vector<NodeSet>& by_match, const NodeSet& any) {
        if (work_->spent()) return;
        if (uint32_t glob = out_.states[state].glob) {
            uint16_t match = out_.globs[glob - 1].Run(graph_.name(name));
            if (match) Append(&to, by_match[match - 1U]);
            work_->Spend(graph_.name(name).size());
        }
        Append(&to, any);
        out_.all_literals.push_back({name, StateOf(std::move(to))});
    }

    bool ExpandGlobs(uint32_t state, Successors* next, std::vector<NodeSet>* by_match) {
        std::vector<uint32_t> numbers;
        std::vector<NodeSet> by_glob;
        ForEachGroup(&next->globs, [&](uint32_t glob, NodeSet to) {
            numbers.push_back(glob);
            by_glob.push_back(std::move(to));
        });
        std::optional<uint32_t> matcher = MatcherOf(numbers);
        if (!matcher) {
            stuck_globs_ = std::move(numbers);
            return false;
        }
        out_.states[state].glob = *matcher + 1;
        out_.states[state].first_target = static_cast<uint32_t>(out_.all_targets.size());
        const auto& matches = out_.globs[*matcher].matches;
        for (const std::vector<uint32_t>& matched : matches) {
            by_match->emplace_back();
            for (uint32_t which : matched) Append(&by_match->back(), by_glob[which]);
            NodeSet to = by_match->back();
            Append(&to, next->any);
            out_.all_targets.push_back(StateOf(std::move(to)));
            if (work_->spent()) return false;
        }
        return true;
    }

    std::optional<uint32_t> MatcherOf(const std::vector<uint32_t>& numbers) {
        auto known = matchers_.find(numbers);
        if (known != matchers_.end()) return known->second;
        std::vector<const Glob*> globs;
        for (uint32_t number : numbers) globs.push_back(&graph_.glob(number));
        std::optional<ByteAutomaton> matcher = BuildByteAutomaton(globs, work_);
        if (!matcher) return std::nullopt;
        auto number = static_cast<uint32_t>(out_.globs.size());
        out_.globs.push_back(std::move(*matcher));
        matchers_.emplace(numbers, number);
        return number;
    }

    std::vector<uint32_t> Blame() const {
        return stuck_globs_.empty() ? BlameForSets(graph_, sets_)
                                    : BlameForGlobs(graph_, stuck_globs_);
    }

    const PatternGraph& graph_;
    AutomatonLimits limits_;
    Work* work_;
    PathAutomaton out_;
    StateSets sets_;
    std::map<std::vector<uint32_t>, uint32_t> matchers_;
    std::map<std::vector<uint32_t>, uint32_t> label_numbers_;
    std::vector<uint32_t> stuck_globs_;  // of a directory for which no matcher could be built
};

}  // namespace

std::variant<PathAutomaton, Overlap> BuildPathAutomaton(const std::vector<Labelled>& patterns,
                                                        const AutomatonLimits& limits, Work* work) {
    PatternGraph graph;
    for (Labelled labelled : patterns) graph.Add(*labelled.pattern, labelled.label);
    graph.Finish();
    auto built = Builder(graph, limits, work).Build();
    if (auto* automaton = std::get_if<PathAutomaton>(&built)) {
        graph.TakeNames(&automaton->names, &automaton->name_copies);
    }
    return built;
}

}  // namespace bailiff::policy
