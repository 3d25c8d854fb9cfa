// SPDX-License-Identifier: Apache-2.0
//
// Any text is read or refused: no crash, no hang, and never without a reason.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "policy/dump_model.h"
#include "policy/expectations.h"
#include "policy/read_policy.h"

using namespace bailiff::policy;

// The same text as expectations.
static void ReadAsTest(const Sources& sources, const UserLookup& users) {
    Diagnostics diagnostics;
    const auto sets = ReadExpectations(sources, users, &diagnostics);
    if (diagnostics.Render(sources).empty() == diagnostics.has_errors()) std::abort();
    if (diagnostics.has_errors()) return;
    if (sets.empty()) std::abort();
    for (const ExpectationSet& set : sets) {
        if (set.expectations.empty()) std::abort();
    }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const Sources sources = {{"fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size)}};
    const UserLookup users = [](std::string_view name) -> std::optional<uint32_t> {
        if (name == "root") return 0;
        return std::nullopt;
    };
    ReadAsTest(sources, users);
    Diagnostics diagnostics;
    const std::vector<Policy> policies = ReadPolicies(sources, users, &diagnostics);
    const std::string text = diagnostics.Render(sources);
    if (text.empty() == diagnostics.has_errors()) std::abort();
    if (diagnostics.has_errors()) return 0;
    if (IsExpectations(sources[0])) std::abort();
    if (policies.empty() || DumpModel(policies).empty()) std::abort();
    for (const Policy& policy : policies) {
        if (policy.name.empty() || policy.rules.empty()) std::abort();
        for (const Rule& rule : policy.rules) {
            if (rule.operations == 0 || rule.objects.empty() || rule.error <= 0) std::abort();
        }
    }
    return 0;
}
