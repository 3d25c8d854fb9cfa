// SPDX-License-Identifier: Apache-2.0
//
// What somebody expects of policies: requests and their verdicts, as a file beside the policies
// says them (docs/POLICY.md, "Tests"). Reading is as strict as with policies, and told the same
// way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/asker.h"
#include "policy/diagnostic.h"
#include "policy/image.h"
#include "policy/read_policy.h"
#include "policy/source.h"

namespace bailiff::policy {

enum class Verdict { kAllow, kDeny, kAudit };  // kAudit: allowed, and an audited rule would deny

std::string_view VerdictWord(Verdict verdict);

// `rule: keys/2`, `rule: keys/default`, or `rule: keys` for any rule of it.
inline constexpr uint32_t kDefaultRule = UINT32_MAX;
struct RuleReference {
    std::string policy;
    uint32_t number = 0;  // 0: any; kDefaultRule
    Span where;
};

struct Expectation {
    unsigned operation = 0;  // BLF_OP_*
    std::string object;      // a path; of an operation on sockets, an address or ""
    Asker who;
    Verdict verdict = Verdict::kAllow;
    std::optional<RuleReference> rule;  // must apply, whichever others do
    int error = 0;                      // the errno that the caller gets; 0: any
    Span where;
};

// One document. An entry about several operations, paths or addresses is one expectation for
// each of them.
struct ExpectationSet {
    struct File {
        std::string name;  // as written: relative to the document's file
        Span where;
    };
    std::vector<File> policies;  // empty: those beside the document's file
    std::vector<Expectation> expectations;
};

// All documents of the sources. When `diagnostics` then has errors, what is returned must not be
// run.
std::vector<ExpectationSet> ReadExpectations(const Sources& sources, const Accounts& accounts,
                                             Diagnostics* diagnostics);

// Tells the rules that expectations name and the image of their policies does not have.
void CheckRules(const ImageView& image, const ExpectationSet& set, Diagnostics* diagnostics);

// Does the first line that says something begin a test? Cheap, for files of any size.
bool BeginsLikeExpectations(std::string_view text);

// Is the text expectations and nothing else, as far as it can be read? A directory of policies may
// pass over such a file; every other goes to the reader of policies, which says what it is.
bool IsExpectations(const Source& source);

}  // namespace bailiff::policy
