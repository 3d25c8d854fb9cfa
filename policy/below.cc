// SPDX-License-Identifier: Apache-2.0
#include "policy/below.h"

#include <algorithm>

namespace bailiff::policy {
namespace {

constexpr uint32_t kNew = 0;  // not entered yet

// Tarjan's strongly connected components, without recursion: a component is finished after all that
// it leads to, and all its states have the same behind them.
class Walk {
  public:
    Walk(const PathAutomaton& automaton, const std::vector<uint32_t>& own, VectorTable* vectors)
        : in_(automaton),
          own_(own),
          vectors_(vectors),
          order_(in_.states.size(), kNew),
          low_(in_.states.size()),
          finished_(in_.states.size()),
          from_here_(in_.states.size()),
          below_(in_.states.size()) {}

    std::vector<uint32_t> Run() {
        for (uint32_t state = 1; state < in_.states.size(); state++) {
            if (order_[state] == kNew) From(state);
        }
        return std::move(below_);
    }

  private:
    struct Visit {
        uint32_t state;
        uint32_t edge;  // the next one to follow
    };

    // Literals, then what globs lead to, then the default.
    uint32_t EdgesOf(const PathState& state) const {
        return state.literals + static_cast<uint32_t>(in_.TargetsOf(state).size()) + 1;
    }
    uint32_t Target(const PathState& state, uint32_t edge) const {
        if (edge < state.literals) return in_.LiteralsOf(state)[edge].to;
        edge -= state.literals;
        const auto targets = in_.TargetsOf(state);
        return edge < targets.size() ? targets[edge] : state.default_to;
    }

    void Enter(uint32_t state) {
        order_[state] = low_[state] = ++entered_;
        open_.push_back(state);
        visits_.push_back({state, 0});
        from_here_[state] = own_[in_.states[state].accepts];
    }

    void From(uint32_t first) {
        Enter(first);
        while (!visits_.empty()) {
            Visit& visit = visits_.back();
            const PathState& state = in_.states[visit.state];
            if (visit.edge < EdgesOf(state)) {
                Follow(visit.state, Target(state, visit.edge++));
            } else {
                Leave(visit.state);
            }
        }
    }

    void Follow(uint32_t from, uint32_t to) {
        if (to == 0) return;
        if (order_[to] == kNew) {
            Enter(to);
        } else if (!finished_[to]) {
            low_[from] = std::min(low_[from], order_[to]);
        } else {
            from_here_[from] = vectors_->Union(from_here_[from], from_here_[to]);
        }
    }

    void Leave(uint32_t state) {
        visits_.pop_back();
        if (low_[state] == order_[state]) Finish(state);
        if (visits_.empty()) return;
        const uint32_t parent = visits_.back().state;
        low_[parent] = std::min(low_[parent], low_[state]);
        if (finished_[state])
            from_here_[parent] = vectors_->Union(from_here_[parent], from_here_[state]);
    }

    void Finish(uint32_t state) {
        auto first = std::ranges::find(open_.rbegin(), open_.rend(), state).base() - 1;
        uint32_t all = 0;
        for (auto at = first; at != open_.end(); at++) all = vectors_->Union(all, from_here_[*at]);
        for (auto at = first; at != open_.end(); at++) {
            from_here_[*at] = all;
            finished_[*at] = true;
        }
        for (auto at = first; at != open_.end(); at++) below_[*at] = Below(in_.states[*at]);
        open_.erase(first, open_.end());
    }

    uint32_t Below(const PathState& state) {
        uint32_t below = 0;
        for (uint32_t edge = 0; edge < EdgesOf(state); edge++) {
            const uint32_t to = Target(state, edge);
            if (to != 0) below = vectors_->Union(below, from_here_[to]);
        }
        return below;
    }

    const PathAutomaton& in_;
    const std::vector<uint32_t>& own_;
    VectorTable* vectors_;
    std::vector<uint32_t> order_;
    std::vector<uint32_t> low_;
    std::vector<bool> finished_;
    std::vector<uint32_t>
        from_here_;  // what is accepted at the state and behind it, as far as known
    std::vector<uint32_t> below_;
    std::vector<uint32_t> open_;
    std::vector<Visit> visits_;
    uint32_t entered_ = 0;
};

}  // namespace

std::vector<uint32_t> VectorsBelow(const PathAutomaton& automaton, const std::vector<uint32_t>& own,
                                   VectorTable* vectors) {
    return Walk(automaton, own, vectors).Run();
}

}  // namespace bailiff::policy
