// SPDX-License-Identifier: Apache-2.0
#include "policy/trace.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "policy/classify.h"

namespace bailiff::policy {
namespace {

// By enum StepKind.
constexpr std::array<std::string_view, 6> kSteps = {"start",   "literal", "glob",
                                                    "default", "dead",    "undecidable"};

// The automaton as a graph that can be asked what lies below a state.
class Graph {
  public:
    explicit Graph(const ImageView& image) : image_(image), edges_(image.Edges()) {
        std::ranges::sort(edges_, {}, &blf_edge::from);
    }

    bool HasLiteral(uint32_t from, const std::string& name) const {
        return std::ranges::any_of(
            EdgesOf(from), [&](const blf_edge& edge) { return image_.Name(edge.name) == name; });
    }

    std::vector<uint32_t> RulesAt(uint32_t state) const {
        std::set<uint32_t> rules;
        for (const blf_source& source : image_.Sources(state)) rules.insert(source.rule);
        return {rules.begin(), rules.end()};
    }

    // The rules that states at and below this one give, sorted.
    std::vector<uint32_t> RulesBelow(uint32_t state) {
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

  private:
    std::ranges::subrange<std::vector<blf_edge>::const_iterator> EdgesOf(uint32_t from) const {
        return std::ranges::equal_range(edges_, from, {}, &blf_edge::from);
    }

    std::vector<uint32_t> NextOf(uint32_t at) {
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

    const ImageView& image_;
    std::vector<blf_edge> edges_;
    std::map<uint32_t, std::vector<uint32_t>> glob_targets_;
};

StepKind KindOf(const ImageView& image, const Graph& graph, const TraceStep& step) {
    if (step.reason != 0) return StepKind::kUndecidable;
    if (step.to == BLF_DEAD) return StepKind::kDead;
    if (graph.HasLiteral(step.from, step.component)) return StepKind::kLiteral;
    return step.to == image.state(step.from).default_to ? StepKind::kDefault : StepKind::kGlob;
}

void AddRules(Graph* graph, TraceStep* step) {
    step->matches = graph->RulesAt(step->to);
    step->possible = graph->RulesBelow(step->to);
}

std::vector<TraceStep> WalkDown(const ImageView& image, Graph* graph, uint32_t start,
                                const std::vector<std::string>& components, bool object) {
    std::vector<TraceStep> steps(1);
    steps[0].to = start;
    if (object) AddRules(graph, &steps[0]);
    if (components.size() > BLF_DEPTH_MAX) {
        steps.push_back({.kind = StepKind::kUndecidable,
                         .component = "...",
                         .from = start,
                         .reason = BLF_REASON_TOO_DEEP,
                         .matches = {},
                         .possible = {}});
        return steps;
    }
    uint32_t state = start;
    for (const std::string& component : components) {
        if (state == BLF_DEAD) break;
        const PathClass next = Step(image, state, component);
        TraceStep step{.component = component,
                       .from = state,
                       .to = next.state,
                       .reason = next.reason,
                       .matches = {},
                       .possible = {}};
        step.kind = KindOf(image, *graph, step);
        if (object) AddRules(graph, &step);
        state = next.state;
        steps.push_back(std::move(step));
    }
    return steps;
}

template <typename Left>
DimensionTrace Dimension(std::string_view name, const Explanation& explanation, Left left) {
    DimensionTrace trace{.dimension = name, .leaves = {}, .strikes_out = {}};
    for (const RuleOpinion& opinion : explanation.opinions) {
        (left(opinion) ? trace.leaves : trace.strikes_out).push_back(opinion.rule);
    }
    return trace;
}

}  // namespace

std::string_view StepWord(StepKind kind) {
    return kSteps[static_cast<size_t>(kind)];
}

Result<Trace> TraceRequest(const ImageView& image, const Request& request,
                           const Explanation& explanation) {
    Graph graph(image);
    Trace trace;
    std::vector<std::string> object = TRY(SplitPath(request.path));
    trace.object = WalkDown(image, &graph, image.root().object_root, object, true);
    if (!request.exe.empty()) {
        std::vector<std::string> exe = TRY(SplitPath(request.exe));
        trace.exe = WalkDown(image, &graph, image.index().subject_root, exe, false);
    }
    using Opinion = RuleOpinion;
    trace.dimensions = {
        Dimension("operation", explanation, [](const Opinion& o) { return o.operation; }),
        Dimension("path", explanation, [](const Opinion& o) { return o.object; }),
        Dimension("exe", explanation, [](const Opinion& o) { return o.exe; }),
        Dimension("uid", explanation, [](const Opinion& o) { return o.uid; }),
        Dimension("all", explanation, [](const Opinion& o) { return o.applies; }),
    };
    return trace;
}

}  // namespace bailiff::policy
