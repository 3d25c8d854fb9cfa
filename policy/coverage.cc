// SPDX-License-Identifier: Apache-2.0
#include "policy/coverage.h"

#include <algorithm>
#include <array>
#include <span>
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

// What a state must be labelled with to be in the list that has this number.
class Membership {
  public:
    Membership(const std::vector<PathPattern>& list, uint32_t number)
        : inside_(2 * number), outside_(inside_ + 1) {
        has_outside_ = std::ranges::find(list, true, &PathPattern::outside) != list.end();
    }

    static void AddTo(std::vector<Labelled>* patterns, const std::vector<PathPattern>& list,
                      uint32_t number) {
        for (const PathPattern& pattern : list) {
            patterns->push_back({&pattern, 2 * number + (pattern.outside ? 1 : 0)});
        }
    }

    bool Has(std::span<const uint32_t> labels) const {
        if (std::ranges::binary_search(labels, inside_)) return true;
        return has_outside_ && !std::ranges::binary_search(labels, outside_);
    }

  private:
    uint32_t inside_;
    uint32_t outside_;
    bool has_outside_ = false;
};

}  // namespace

std::vector<bool> ReachableStates(const PathAutomaton& automaton, Work* work, Trees trees) {
    std::vector<bool> reached(automaton.states.size());
    std::vector<uint32_t> next;
    auto reach = [&](uint32_t state) {
        if (reached[state]) return;
        reached[state] = true;
        next.push_back(state);
    };
    reach(automaton.root);
    if (trees == Trees::kAll) reach(automaton.lost);
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

std::optional<bool> SomePathIs(const std::vector<const std::vector<PathPattern>*>& within,
                               const std::vector<PathPattern>* without, Trees trees, Work* work) {
    std::vector<Labelled> patterns;
    std::vector<Membership> members;
    for (const std::vector<PathPattern>* list : within) {
        const auto number = static_cast<uint32_t>(members.size());
        Membership::AddTo(&patterns, *list, number);
        members.emplace_back(*list, number);
    }
    const auto last = static_cast<uint32_t>(members.size());
    if (without != nullptr) Membership::AddTo(&patterns, *without, last);
    const Membership unwanted(without != nullptr ? *without : std::vector<PathPattern>{}, last);
    if (!work->Spend(patterns.size() * 8)) return std::nullopt;
    const auto built = BuildPathAutomaton(patterns, {}, work);
    const auto* automaton = std::get_if<PathAutomaton>(&built);
    if (automaton == nullptr) return std::nullopt;
    const std::vector<bool> reached = ReachableStates(*automaton, work, trees);
    if (work->spent()) return std::nullopt;
    for (size_t i = 0; i < automaton->states.size(); i++) {
        const auto labels = automaton->LabelsOf(automaton->states[i]);
        const auto has = [&](const Membership& list) { return list.Has(labels); };
        if (reached[i] && std::ranges::all_of(members, has) && !has(unwanted)) return true;
    }
    return false;
}

std::optional<bool> CoversPaths(const std::vector<PathPattern>& outer,
                                const std::vector<PathPattern>& inner, Work* work) {
    const std::optional<bool> some = SomePathIs({&inner}, &outer, Trees::kAll, work);
    if (!some) return std::nullopt;
    return !*some;
}

}  // namespace bailiff::policy
