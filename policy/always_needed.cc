// SPDX-License-Identifier: Apache-2.0
#include "policy/always_needed.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

#include "policy/explain.h"
#include "policy/messages.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

// Somewhere of these, by distribution and processor.
struct Needed {
    blf_set operations;
    std::string_view name;
    std::array<std::string_view, 5> paths;
};

constexpr Needed kNeeded[] = {
    {BLF_BIT(FILE_READ), "/etc/ld.so.cache", {"/etc/ld.so.cache"}},
    {BLF_BIT(FILE_OPEN),
     "the loader, ld-linux",
     {"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "/usr/lib64/ld-linux-x86-64.so.2",
      "/usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1", "/usr/lib/ld-linux-aarch64.so.1",
      "/lib64/ld-linux-x86-64.so.2"}},
    {BLF_BIT(FILE_READ) | BLF_BIT(EXEC_LIBRARY),
     "the C library, libc.so.6",
     {"/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib64/libc.so.6",
      "/usr/lib/aarch64-linux-gnu/libc.so.6", "/lib/x86_64-linux-gnu/libc.so.6",
      "/usr/lib/libc.so.6"}},
    {BLF_BIT(FILE_READ) | BLF_BIT(FILE_WRITE), "/dev/null", {"/dev/null"}},
};

// What this policy allows of what is at the path.
blf_set AllowedAt(const ImageView& image, uint32_t policy, std::string_view path) {
    blf_set allowed = 0;
    const Result<PathClass> found = ClassifyObject(image, std::string(path));
    if (!found) return allowed;
    for (const blf_source& source : image.Sources(found->state)) {
        const blf_rule rule = image.rule(source.rule);
        if (rule.policy == policy && rule.verdict == BLF_RULE_ALLOWS) {
            allowed |= image.OperationsOf(source.rule);
        }
    }
    return allowed;
}

// Of the default that is this rule.
std::string ClosedNeeds(const ImageView& image, uint32_t closes) {
    std::string text;
    for (const Needed& needed : kNeeded) {
        blf_set missing = needed.operations & image.OperationsOf(closes);
        for (const std::string_view path : needed.paths) {
            if (!path.empty()) missing &= ~AllowedAt(image, image.rule(closes).policy, path);
        }
        if (missing == 0) continue;
        text += fmt::format("{}{} of {}", text.empty() ? "" : "; ", OperationList(missing),
                            needed.name);
    }
    return text;
}

}  // namespace

void WarnOfClosedNeeds(const ImageView& image, const std::vector<Policy>& policies,
                       Diagnostics* diagnostics) {
    for (uint32_t i = 0; i < image.index().rule_count; i++) {
        const blf_rule rule = image.rule(i);
        if (rule.verdict != BLF_RULE_DEFAULT) continue;
        const std::string needs = ClosedNeeds(image, i);
        if (needs.empty()) continue;
        diagnostics->Warning(policies[rule.policy].rules.back().where,
                             fmt::format(message::kNeededIsClosed, needs),
                             message::kHintNeededIsClosed);
    }
}

}  // namespace bailiff::policy
