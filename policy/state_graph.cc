// SPDX-License-Identifier: Apache-2.0
#include "policy/state_graph.h"

#include <set>

namespace bailiff::policy {

StateGraph::StateGraph(const ImageView& image) : image_(image), edges_(image.Edges()) {
    std::ranges::sort(edges_, {}, &blf_edge::from);
}

bool StateGraph::HasLiteral(uint32_t from, const std::string& name) const {
    return std::ranges::any_of(
        EdgesOf(from), [&](const blf_edge& edge) { return image_.Name(edge.name) == name; });
}

std::vector<uint32_t> StateGraph::RulesAt(uint32_t state) const {
    std::set<uint32_t> rules;
    for (const blf_source& source : image_.Sources(state)) rules.insert(source.rule);
    return {rules.begin(), rules.end()};
}

std::vector<uint32_t> StateGraph::RulesBelow(uint32_t state) {
    std::vector<uint32_t> open = {state};
    std::set<uint32_t> seen = {BLF_DEAD, state};
    std::set<uint32_t> rules;
    while (!open.empty()) {
        const uint32_t at = open.back();
        open.pop_back();
        for (uint32_t rule : RulesAt(at)) rules.insert(rule);
        for (uint32_t next : NextOf(at)) {
            if (seen.insert(next).second) open.push_back(next);
        }
    }
    return {rules.begin(), rules.end()};
}

std::ranges::subrange<std::vector<blf_edge>::const_iterator> StateGraph::EdgesOf(
    uint32_t from) const {
    return std::ranges::equal_range(edges_, from, {}, &blf_edge::from);
}

std::vector<uint32_t> StateGraph::NextOf(uint32_t at) {
    const blf_state state = image_.state(at);
    std::vector<uint32_t> next = {state.default_to};
    for (const blf_edge& edge : EdgesOf(at)) next.push_back(edge.to);
    if (state.glob != 0) {
        auto [targets, is_new] = glob_targets_.try_emplace(state.glob);
        if (is_new) targets->second = image_.GlobTargets(state.glob);
        next.insert(next.end(), targets->second.begin(), targets->second.end());
    }
    return next;
}

}  // namespace bailiff::policy
