// SPDX-License-Identifier: Apache-2.0
#include "policy/below.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace bailiff::policy {
namespace {

constexpr uint32_t kLabels = 6;

// Literals, globs with several targets, defaults; edges back and to itself, as `**` makes them.
class RandomAutomaton {
  public:
    explicit RandomAutomaton(uint64_t seed) : random_(seed) {
        const size_t count = 2 + Below(30);
        automaton_.states.resize(count);
        automaton_.label_sets = {{}};
        for (uint32_t label = 0; label < kLabels; label++) {
            automaton_.label_sets.push_back({label});
            automaton_.label_sets.push_back({label, label + 1});
        }
        for (size_t i = 1; i < count; i++) Fill(&automaton_.states[i]);
    }

    const PathAutomaton& automaton() const { return automaton_; }

  private:
    size_t Below(size_t count) { return random_() % count; }
    uint32_t Target() { return static_cast<uint32_t>(Below(automaton_.states.size())); }

    void Fill(PathState* state) {
        state->first_literal = static_cast<uint32_t>(automaton_.all_literals.size());
        state->literals = static_cast<uint32_t>(Below(3));
        for (uint32_t i = 0; i < state->literals; i++) {
            automaton_.all_literals.push_back({i, Target()});
        }
        if (Below(3) == 0) {
            automaton_.globs.emplace_back();
            automaton_.globs.back().matches.resize(1 + Below(3));
            state->glob = static_cast<uint32_t>(automaton_.globs.size());
            state->first_target = static_cast<uint32_t>(automaton_.all_targets.size());
            for (size_t i = 0; i < automaton_.globs.back().matches.size(); i++) {
                automaton_.all_targets.push_back(Target());
            }
        }
        if (Below(3) == 0) state->default_to = Target();
        if (Below(2) == 0) {
            state->accepts = static_cast<uint32_t>(Below(automaton_.label_sets.size()));
        }
    }

    std::mt19937_64 random_;
    PathAutomaton automaton_;
};

std::vector<uint32_t> NextOf(const PathAutomaton& automaton, uint32_t at) {
    const PathState& state = automaton.states[at];
    std::vector<uint32_t> next = {state.default_to};
    for (const PathAutomaton::Literal& literal : automaton.LiteralsOf(state)) {
        next.push_back(literal.to);
    }
    for (uint32_t target : automaton.TargetsOf(state)) next.push_back(target);
    return next;
}

// All states that a step or more leads to, one after the other.
VectorTable::Bits NaiveBelow(const PathAutomaton& automaton, uint32_t from) {
    std::set<uint32_t> reached;
    std::vector<uint32_t> open = NextOf(automaton, from);
    std::set<uint32_t> labels;
    while (!open.empty()) {
        const uint32_t at = open.back();
        open.pop_back();
        if (at == 0 || !reached.insert(at).second) continue;
        const auto own = automaton.LabelsOf(automaton.states[at]);
        labels.insert(own.begin(), own.end());
        for (uint32_t next : NextOf(automaton, at)) open.push_back(next);
    }
    return {labels.begin(), labels.end()};
}

void Compare(const PathAutomaton& automaton) {
    VectorTable vectors(1);
    std::vector<uint32_t> own;  // equal bits have one number
    for (const std::vector<uint32_t>& labels : automaton.label_sets) {
        own.push_back(vectors.NumberOf(labels));
    }
    const std::vector<uint32_t> below = VectorsBelow(automaton, own, &vectors);
    ASSERT_EQ(below.size(), automaton.states.size());
    EXPECT_EQ(below[0], 0U) << "nothing lies below the dead state";
    for (uint32_t state = 1; state < below.size(); state++) {
        ASSERT_EQ(below[state], vectors.NumberOf(NaiveBelow(automaton, state)))
            << "state " << state;
    }
}

TEST(Below, IsWhatCanBeReached) {
    const char* given = std::getenv("BAILIFF_SEED");
    const uint64_t seed = given ? std::strtoull(given, nullptr, 10) : std::random_device()();
    RecordProperty("seed", std::to_string(seed));
    for (uint64_t number = 0; number < 2000; number++) {
        SCOPED_TRACE("BAILIFF_SEED=" + std::to_string(seed) + ", case " + std::to_string(number));
        Compare(RandomAutomaton(seed * 10'000 + number).automaton());
        if (HasFatalFailure()) return;
    }
}

// A chain as long as the deepest patterns have it, into a circle: no recursion.
TEST(Below, LongChainsEnd) {
    constexpr uint32_t kStates = 200'000;
    PathAutomaton automaton;
    automaton.states.resize(kStates);
    automaton.label_sets = {{}, {3}};
    for (uint32_t i = 1; i < kStates; i++) {
        automaton.states[i].default_to = i + 1 < kStates ? i + 1 : kStates / 2;
    }
    automaton.states[kStates / 2].accepts = 1;
    VectorTable vectors(1);
    const std::vector<uint32_t> own = {0, vectors.NumberOf({3})};
    const std::vector<uint32_t> below = VectorsBelow(automaton, own, &vectors);
    for (uint32_t i = 1; i < kStates; i++) ASSERT_EQ(below[i], own[1]) << i;
}

// What a state accepts itself is not below it, unless a circle leads back.
TEST(Below, ItselfOnlyThroughACircle) {
    PathAutomaton automaton;
    automaton.states.resize(3);
    automaton.label_sets = {{}, {1}};
    automaton.states[1].accepts = 1;
    automaton.states[1].default_to = 2;
    VectorTable vectors(1);
    const std::vector<uint32_t> own = {0, vectors.NumberOf({1})};
    EXPECT_EQ(VectorsBelow(automaton, own, &vectors), (std::vector<uint32_t>{0, 0, 0}));
    automaton.states[2].default_to = 1;
    EXPECT_EQ(VectorsBelow(automaton, own, &vectors), (std::vector<uint32_t>{0, own[1], own[1]}));
}

}  // namespace
}  // namespace bailiff::policy
