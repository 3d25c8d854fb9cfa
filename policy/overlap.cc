// SPDX-License-Identifier: Apache-2.0
#include "policy/overlap.h"

#include <algorithm>
#include <map>

namespace bailiff::policy {

// A node that half of the sets have doubles them; one that all or few have does not. Only what is
// at least an eighth as bad as the worst is named.
std::vector<uint32_t> BlameForSets(const PatternGraph& graph, const StateSets& sets) {
    std::vector<size_t> count(graph.size());
    for (uint32_t set = 0; set < sets.size(); set++) {
        for (PatternGraph::NodeId node : sets.of(set)) count[node]++;
    }
    std::map<uint32_t, size_t> share;  // by pattern, that of its worst node
    size_t worst = 0;
    for (PatternGraph::NodeId node = 0; node < graph.size(); node++) {
        size_t doubles = std::min(count[node], sets.size() - count[node]);
        size_t& of_pattern = share[graph.pattern_of(node)];
        of_pattern = std::max(of_pattern, doubles);
        worst = std::max(worst, doubles);
    }
    std::vector<uint32_t> patterns;
    for (auto [pattern, doubles] : share) {
        if (doubles > 0 && doubles >= worst / 8) patterns.push_back(pattern);
    }
    std::ranges::stable_sort(patterns, std::ranges::greater{},
                             [&](uint32_t pattern) { return share[pattern]; });
    return patterns;
}

std::vector<uint32_t> BlameForGlobs(const PatternGraph& graph, const std::vector<uint32_t>& globs) {
    std::vector<uint32_t> patterns;
    for (uint32_t glob : globs) patterns.push_back(graph.pattern_with(glob));
    std::ranges::sort(patterns);
    patterns.erase(std::unique(patterns.begin(), patterns.end()), patterns.end());
    return patterns;
}

}  // namespace bailiff::policy
