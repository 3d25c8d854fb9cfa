// SPDX-License-Identifier: Apache-2.0
#include "policy/coverage.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "abi/limits.h"

namespace bailiff::policy {
namespace {

// How many names lead through a matcher to each of its results (0: none of its globs matches),
// counted up to `enough`.
class NameCounter {
  public:
    NameCounter(const ByteAutomaton& matcher, uint64_t enough, Work* work)
        : matcher_(matcher), enough_(enough), work_(work), count_(matcher.matches.size() + 1) {
        for (unsigned byte = 1; byte < 256; byte++) {
            if (byte != '/') bytes_[matcher.class_of[byte]]++;
        }
    }

    std::vector<uint64_t> Count() {
        std::vector<uint64_t> paths(matcher_.accept.size());
        paths[0] = 1;
        for (size_t length = 1; length <= BLF_NAME_MAX && !IsEnough(); length++) {
            if (!work_->Spend(matcher_.table.size())) break;
            if (!Lengthen(&paths)) break;
        }
        return count_;
    }

  private:
    bool IsEnough() const {
        return std::ranges::all_of(count_, [&](uint64_t count) { return count >= enough_; });
    }

    // From the number of names of one length by the state they lead to, to those one byte longer.
    bool Lengthen(std::vector<uint64_t>* paths) {
        std::vector<uint64_t> longer(paths->size());
        bool any = false;
        for (size_t state = 0; state < paths->size(); state++) {
            if ((*paths)[state] == 0) continue;
            for (uint32_t c = 0; c < matcher_.classes; c++) {
                if (bytes_[c] == 0) continue;
                uint64_t& to = longer[matcher_.table[state * matcher_.classes + c]];
                to = std::min(enough_, to + (*paths)[state] * bytes_[c]);
                any = true;
            }
        }
        for (size_t state = 0; state < longer.size(); state++) {
            uint64_t& count = count_[matcher_.accept[state]];
            count = std::min(enough_, count + longer[state]);
        }
        paths->swap(longer);
        return any;
    }

    const ByteAutomaton& matcher_;
    uint64_t enough_;
    Work* work_;
    std::array<uint64_t, 256> bytes_{};  // by class: how many of its bytes a name can have
    std::vector<uint64_t> count_;
};

// By result of a state's matcher: whether a name without an edge of its own leads there.
std::vector<bool> ReachableResults(const PathAutomaton& automaton, const PathState& state,
                                   Work* work) {
    const ByteAutomaton& matcher = automaton.globs[state.glob - 1];
    std::vector<uint64_t> taken(matcher.matches.size() + 1);
    for (std::string_view no_name : {".", ".."}) taken[matcher.Run(no_name)]++;
    for (auto [name, to] : automaton.LiteralsOf(state)) {
        taken[matcher.Run(automaton.names[name])]++;
    }
    const uint64_t enough = *std::ranges::max_element(taken) + 1;
    const std::vector<uint64_t> names = NameCounter(matcher, enough, work).Count();
    std::vector<bool> reachable;
    for (size_t i = 0; i < names.size(); i++) reachable.push_back(names[i] > taken[i]);
    return reachable;
}

}  // namespace

std::vector<bool> ReachableStates(const PathAutomaton& automaton, Work* work) {
    std::vector<bool> reached(automaton.states.size());
    std::vector<uint32_t> next;
    auto reach = [&](uint32_t state) {
        if (reached[state]) return;
        reached[state] = true;
        next.push_back(state);
    };
    reach(automaton.root);
    reach(automaton.lost);
    while (!next.empty()) {
        const PathState& state = automaton.states[next.back()];
        next.pop_back();
        for (auto [name, to] : automaton.LiteralsOf(state)) reach(to);
        work->Spend(state.literals + 1);
        if (state.glob == 0) {
            reach(state.default_to);
            continue;
        }
        const std::vector<bool> results = ReachableResults(automaton, state, work);
        if (results[0]) reach(state.default_to);
        const auto targets = automaton.TargetsOf(state);
        for (size_t i = 0; i < targets.size(); i++) {
            if (results[i + 1]) reach(targets[i]);
        }
    }
    return reached;
}

std::optional<bool> CoversPaths(const std::vector<PathPattern>& outer,
                                const std::vector<PathPattern>& inner, Work* work) {
    std::vector<Labelled> patterns;
    for (const PathPattern& pattern : inner) patterns.push_back({&pattern, 0});
    for (const PathPattern& pattern : outer) patterns.push_back({&pattern, 1});
    if (!work->Spend(patterns.size() * 8)) return std::nullopt;
    const auto built = BuildPathAutomaton(patterns, {}, work);
    const auto* automaton = std::get_if<PathAutomaton>(&built);
    if (automaton == nullptr) return std::nullopt;
    const std::vector<bool> reached = ReachableStates(*automaton, work);
    if (work->spent()) return std::nullopt;
    for (size_t i = 1; i < automaton->states.size(); i++) {
        const auto labels = automaton->LabelsOf(automaton->states[i]);
        if (reached[i] && labels.size() == 1 && labels[0] == 0) return false;
    }
    return true;
}

}  // namespace bailiff::policy
