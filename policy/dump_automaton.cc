// SPDX-License-Identifier: Apache-2.0
#include "policy/dump_automaton.h"

#include "fmt/format.h"
#include "policy/utf8.h"

namespace bailiff::policy {
namespace {

std::string DumpState(const PathAutomaton& automaton, const PathState& state) {
    std::string text;
    for (auto [name, to] : automaton.LiteralsOf(state)) {
        text += fmt::format(" {}>{}", EscapeText(automaton.names[name]), to);
    }
    const auto targets = automaton.TargetsOf(state);
    for (size_t i = 0; i < targets.size(); i++) {
        text += " glob";
        for (uint32_t glob : automaton.globs[state.glob - 1].matches[i]) {
            text += fmt::format(".{}", glob);
        }
        text += fmt::format(">{}", targets[i]);
    }
    if (state.default_to != 0) text += fmt::format(" *>{}", state.default_to);
    if (state.accepts != 0) text += " accepts";
    for (uint32_t label : automaton.LabelsOf(state)) text += fmt::format(" {}", label);
    return text + '\n';
}

}  // namespace

std::string DumpAutomaton(const PathAutomaton& automaton) {
    std::string text = fmt::format("root {} lost {}\n", automaton.root, automaton.lost);
    for (size_t i = 1; i < automaton.states.size(); i++) {
        text += std::to_string(i) + DumpState(automaton, automaton.states[i]);
    }
    return text;
}

}  // namespace bailiff::policy
