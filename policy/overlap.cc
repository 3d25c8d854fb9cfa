// SPDX-License-Identifier: Apache-2.0
#include "policy/overlap.h"

#include <algorithm>
#include <map>

namespace bailiff::policy {

namespace {

// How much each pattern doubles the sets: a node that half of them have doubles them, one that all
// or few have does not. What multiplies most is a `**`, which is remembered once it was reached.
std::map<uint32_t, size_t> Shares(const PatternGraph& graph, const StateSets& sets, bool staying) {
    std::vector<size_t> count(graph.size());
    for (uint32_t set = 0; set < sets.size(); set++) {
        for (PatternGraph::NodeId node : sets.of(set)) count[node]++;
    }
    std::map<uint32_t, size_t> shares;
    for (PatternGraph::NodeId node = 0; node < graph.size(); node++) {
        const size_t doubles = std::min(count[node], sets.size() - count[node]);
        if (doubles < 2 || (staying && !graph.stays(node))) continue;
        size_t& share = shares[graph.pattern_of(node)];
        share = std::max(share, doubles);
    }
    return shares;
}

}  // namespace

std::vector<uint32_t> BlameForSets(const PatternGraph& graph, const StateSets& sets) {
    if (sets.size() < 2 * graph.size()) return {};
    std::map<uint32_t, size_t> shares = Shares(graph, sets, true);
    if (shares.empty()) shares = Shares(graph, sets, false);
    size_t worst = 0;
    for (auto [pattern, share] : shares) worst = std::max(worst, share);
    std::vector<uint32_t> patterns;
    for (auto [pattern, share] : shares) {
        if (share >= worst / 1000) patterns.push_back(pattern);
    }
    std::ranges::stable_sort(patterns, std::ranges::greater{},
                             [&](uint32_t pattern) { return shares[pattern]; });
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
