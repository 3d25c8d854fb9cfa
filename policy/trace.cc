// SPDX-License-Identifier: Apache-2.0
#include "policy/trace.h"

#include <array>
#include <utility>

#include "policy/classify.h"
#include "policy/state_graph.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

// By enum StepKind.
constexpr std::array<std::string_view, 6> kSteps = {"start",   "literal", "glob",
                                                    "default", "dead",    "undecidable"};

StepKind KindOf(const ImageView& image, const StateGraph& graph, const TraceStep& step) {
    if (step.reason != 0) return StepKind::kUndecidable;
    if (step.to == BLF_DEAD) return StepKind::kDead;
    if (graph.HasLiteral(step.from, step.component)) return StepKind::kLiteral;
    return step.to == image.state(step.from).default_to ? StepKind::kDefault : StepKind::kGlob;
}

void AddRules(StateGraph* graph, TraceStep* step) {
    step->matches = graph->RulesAt(step->to);
    step->possible = graph->RulesBelow(step->to);
}

std::vector<TraceStep> WalkDown(const ImageView& image, StateGraph* graph, uint32_t start,
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

// An address is looked up at once; where the kernel takes it for another, that one is the second.
std::vector<TraceStep> AddressSteps(StateGraph* graph, const ObjectClass& object) {
    std::vector<TraceStep> steps;
    for (const uint32_t state : object.state) {
        if (state == BLF_DEAD && !steps.empty()) continue;
        TraceStep step;
        step.to = state;
        AddRules(graph, &step);
        steps.push_back(std::move(step));
    }
    return steps;
}

std::vector<std::pair<blf_by, std::string>> PathsOf(const Asker& asker) {
    std::vector<std::pair<blf_by, std::string>> paths = {{BLF_BY_EXE, asker.exe},
                                                         {BLF_BY_EXE_SHA256, DigestPath(asker)},
                                                         {BLF_BY_PARENT, asker.parent},
                                                         {BLF_BY_CGROUP, asker.cgroup}};
    for (const Asker& target : asker.target) {
        paths.insert(paths.end(), {{BLF_BY_TARGET_EXE, target.exe},
                                   {BLF_BY_TARGET_EXE_SHA256, DigestPath(target)},
                                   {BLF_BY_TARGET_PARENT, target.parent},
                                   {BLF_BY_TARGET_CGROUP, target.cgroup}});
    }
    return paths;
}

// Executable and user always, what else the image asks for.
bool IsShown(const ImageView& image, uint32_t by) {
    return by == BLF_BY_EXE || by == BLF_BY_UID || (image.root().used >> by & 1) != 0;
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
    StateGraph graph(image);
    Trace trace;
    if (IsOnSocket(request.ask)) {
        trace.on_socket = true;
        trace.object = AddressSteps(&graph, TRY(ClassifyObject(image, request)));
    } else if (!request.path.empty() || !BLF_IS_ANYWHERE(request.ask)) {
        std::vector<std::string> object = TRY(SplitPath(request.path));
        trace.object = WalkDown(image, &graph, image.root().object_root, object, true);
    }
    trace.anywhere = BLF_IS_ANYWHERE(request.ask);
    if (trace.anywhere) {
        trace.without_place = graph.RulesAt(TRY(ClassifyObject(image, request)).anywhere);
    }
    for (const auto& [by, path] : PathsOf(request.who)) {
        if (path.empty() || !IsShown(image, by)) continue;
        std::vector<std::string> components = TRY(SplitPath(path));
        trace.subject.push_back(
            {by, WalkDown(image, &graph, image.dimension(by).first, components, false)});
    }
    using Opinion = RuleOpinion;
    trace.dimensions = {
        Dimension("operation", explanation, [](const Opinion& o) { return o.operation; }),
        Dimension(trace.on_socket ? "address" : "path", explanation,
                  [](const Opinion& o) { return o.object; }),
    };
    for (uint32_t by = 0; by < BLF_DIMENSIONS; by++) {
        if (by == BLF_BY_LINEAGE || !IsShown(image, by)) continue;
        trace.dimensions.push_back(
            Dimension(DimensionWord(static_cast<blf_by>(by), AskOperations()[request.ask]),
                      explanation, [by](const Opinion& o) { return o.who[by]; }));
    }
    trace.dimensions.push_back(
        Dimension("all", explanation, [](const Opinion& o) { return o.applies; }));
    return trace;
}

}  // namespace bailiff::policy
