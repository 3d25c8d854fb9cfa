// SPDX-License-Identifier: Apache-2.0
//
// Any text is read or refused: no crash, no hang, and never without a reason. What is accepted
// compiles or is refused with a reason, and decides what the oracle does on requests drawn from it.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "decide/testing/engine.h"
#include "decide/testing/generate.h"
#include "policy/compile.h"
#include "policy/dump_model.h"
#include "policy/expectations.h"
#include "policy/number_table.h"
#include "policy/read_policy.h"
#include "policy/testing/dump_node.h"
#include "policy/text_check.h"
#include "policy/yaml.h"

using namespace bailiff::policy;
using namespace bailiff::decide::testing;

namespace {

constexpr int kRequests = 24;

// With and without what ReadYaml() spares the parser.
void CheckNodes(const Source& source) {
    Diagnostics some, all;
    if (!CheckText(source, 0, &some)) return;
    std::string text, whole;
    for (const Node& node : ReadYaml(source, 0, &some)) text += testing::DumpNode(node);
    for (const Node& node : ReadWholeYaml(source, 0, &all)) whole += testing::DumpNode(node);
    if (text != whole || some.Render({source}) != all.Render({source})) std::abort();
}

// The same text as expectations.
void CheckExpectations(const Sources& sources, const Accounts& accounts) {
    Diagnostics diagnostics;
    const auto sets = ReadExpectations(sources, accounts, &diagnostics);
    if (diagnostics.Render(sources).empty() == diagnostics.has_errors()) std::abort();
    if (diagnostics.has_errors()) return;
    if (sets.empty()) std::abort();
    for (const ExpectationSet& set : sets) {
        if (set.expectations.empty()) std::abort();
    }
}

void CheckModel(const std::vector<Policy>& policies) {
    if (policies.empty() || DumpModel(policies).empty()) std::abort();
    for (const Policy& policy : policies) {
        if (policy.name.empty() || policy.rules.empty()) std::abort();
        for (const Rule& rule : policy.rules) {
            const blf_set with_path = rule.operations & BLF_PATH_OPERATIONS;
            const bool allows = rule.kind == RuleKind::kAllows;
            if (rule.operations == 0 || (rule.error > 0) == allows) std::abort();
            if (rule.kind == RuleKind::kDefault) continue;
            if ((with_path & ~BLF_PLACE_OPERATIONS) != 0 && rule.objects.empty()) std::abort();
            if (with_path != rule.operations && !rule.objects.empty()) std::abort();
        }
    }
}

void CheckVerdict(const std::vector<Policy>& policies, const OracleRequest& request,
                  OracleVerdict expected, const OracleVerdict& actual) {
    if (actual.applying.empty()) expected.applying.clear();
    if (actual == expected) return;
    std::fprintf(stderr, "%s instead of %s\n%s\n", Describe(actual).c_str(),
                 Describe(expected).c_str(), Describe(policies, request).c_str());
    std::abort();
}

void CheckDecisions(const std::vector<Policy>& policies, const ImageView& image, uint64_t seed) {
    if (!image.Validate()) std::abort();
    Generator generator(seed);
    for (int i = 0; i < kRequests; i++) {
        const OracleRequest request = generator.Request(policies);
        const OracleVerdict expected = OracleDecide(policies, request);
        CheckVerdict(policies, request, expected, EngineDecide(image, request));
        if (!CanExplain(request)) continue;
        CheckVerdict(policies, request, expected, ExplainDecide(image, request));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string input(reinterpret_cast<const char*>(data), size);
    const Sources sources = {{"fuzz.yaml", input}};
    const Accounts users = [](std::string_view name) -> std::optional<uint32_t> {
        if (name == "root") return 0;
        return std::nullopt;
    };
    CheckNodes(sources[0]);
    CheckExpectations(sources, users);
    Diagnostics diagnostics;
    const std::vector<Policy> policies = ReadPolicies(sources, users, &diagnostics);
    if (diagnostics.Render(sources).empty() == diagnostics.has_errors()) std::abort();
    if (diagnostics.has_errors()) return 0;
    if (IsExpectations(sources[0])) std::abort();
    CheckModel(policies);
    const CompileLimits limits{.automaton = {}, .work = 1'000'000, .review = 1'000'000};
    const auto image = Compile(policies, sources, &diagnostics, limits);
    if (image.has_value() == diagnostics.has_errors()) std::abort();
    diagnostics.Render(sources);
    if (image) CheckDecisions(policies, image->view(), HashBytes(input));
    return 0;
}
