// SPDX-License-Identifier: Apache-2.0
#include "policy/selector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

#include "policy/clauses.h"
#include "policy/container.h"
#include "policy/coverage.h"
#include "policy/fields.h"
#include "policy/messages.h"
#include "policy/parse_digest.h"
#include "policy/parse_path.h"
#include "policy/read_number.h"
#include "policy/redundant.h"

namespace bailiff::policy {
namespace {

std::string_view ExpectedOf(blf_by dimension) {
    switch (OfAsker(dimension)) {
        case BLF_BY_GID:
            return "a group or a list of groups";
        case BLF_BY_UID:
        case BLF_BY_LOGIN_UID:
            return "a user or a list of users";
        default:
            return "a word or a list of words";
    }
}

// The largest number that a process can have.
uint32_t LargestOf(blf_by dimension) {
    const size_t words = WordsOf(dimension).size();
    if (words > 0) return static_cast<uint32_t>(words - 1);
    return OfAsker(dimension) == BLF_BY_LOGIN_UID ? BLF_NO_LOGIN : kLargestId;
}

// Every number of `inner` is in one of `outer`, whose ranges may touch and overlap.
bool CoversRanges(Ranges outer, const Ranges& inner) {
    std::ranges::sort(outer, {}, &NumberRange::first);
    return std::ranges::all_of(inner, [&](const NumberRange& range) {
        uint64_t next = range.first;
        for (const NumberRange& candidate : outer) {
            if (candidate.first <= next && candidate.last >= next) {
                next = uint64_t{candidate.last} + 1;
            }
        }
        return next > range.last;
    });
}

Patterns ReadPatterns(const Node& node, const Selector<Patterns>& selector, Work* expansion,
                      Diagnostics* diagnostics) {
    Patterns patterns;
    const bool container = IsContainer(selector);
    const bool digest = OfAsker(selector.dimension) == BLF_BY_EXE_SHA256;
    const std::string_view expected = container ? "a container or a list of containers"
                                      : digest  ? "a SHA-256 or a list of them"
                                                : "a path or a list of paths";
    for (const Node* entry : ListOf(node, selector.word, expected, diagnostics)) {
        if (container) {
            std::ranges::move(ParseContainer(*entry, expansion, diagnostics),
                              std::back_inserter(patterns));
        } else if (auto pattern = digest ? ParseDigest(*entry, diagnostics)
                                         : ParsePath(*entry, expansion, diagnostics)) {
            if (IsOfFiles(selector) && pattern->components.empty()) {
                diagnostics->Error(entry->where, message::kRootIsNoProgram,
                                   message::kHintRootIsNoProgram);
            }
            patterns.push_back(std::move(*pattern));
        }
    }
    return patterns;
}

// What numbers a name has differs from machine to machine, so it adds to any.
bool IsAccountName(const Node& entry, const Selector<Ranges>& selector) {
    return WordsOf(selector.dimension).empty() && !(entry.value[0] >= '0' && entry.value[0] <= '9');
}

// The selectors that are there, of the dimensions for which it is true.
template <typename IsWanted>
void ReadSelectors(const Node& node, const IsWanted& is_wanted, const Accounts& accounts,
                   Work* expansion, Subject* subject, Diagnostics* diagnostics) {
    for (const Selector<Patterns>& selector : kPathSelectors) {
        const Node* value = is_wanted(selector.dimension) ? node.Find(selector.word) : nullptr;
        if (value != nullptr) {
            subject->*selector.field = ReadPatterns(*value, selector, expansion, diagnostics);
        }
    }
    for (const Selector<Ranges>& selector : kNumberSelectors) {
        const Node* value = is_wanted(selector.dimension) ? node.Find(selector.word) : nullptr;
        if (value == nullptr) continue;
        std::vector<RangeEntry> entries;
        for (const Node* entry :
             ListOf(*value, selector.word, ExpectedOf(selector.dimension), diagnostics)) {
            if (auto range = ReadNumber(*entry, selector, accounts, diagnostics)) {
                (subject->*selector.field).push_back(*range);
                if (!IsAccountName(*entry, selector)) entries.push_back({entry, *range});
            }
        }
        TellRedundantRanges(std::move(entries), diagnostics);
    }
}

// Equal as texts, or by what they stand for.
bool CoversPatterns(const Patterns& outer, const Patterns& inner, Work* work) {
    return KeyOf(outer) == KeyOf(inner) || CoversPaths(outer, inner, work).value_or(false);
}

// What some patterns match, and what the same do not: any path. Cheap, for `any` and `none`
// together.
bool IsEverything(const Patterns& patterns) {
    const auto outside = std::ranges::count(patterns, true, &PathPattern::outside);
    return outside > 0 && std::ranges::all_of(patterns, [&](const PathPattern& one) {
               return !one.outside || std::ranges::any_of(patterns, [&](const PathPattern& other) {
                   return !other.outside && other.text == one.text;
               });
           });
}

// Every process is in one cgroup, which `cgroup` and `container` are both about.
bool CoversCgroups(const Subject& outer, const Subject& inner, Work* work) {
    std::vector<const Patterns*> given;
    for (const Patterns* list : {&inner.cgroup, &inner.container}) {
        if (!list->empty()) given.push_back(list);
    }
    const auto covers = [&](Patterns Subject::* field) {
        const Patterns& wanted = outer.*field;
        return wanted.empty() || IsEverything(wanted) || KeyOf(wanted) == KeyOf(inner.*field) ||
               SomePathIs(given, &wanted, Trees::kMounted, work) == std::optional(false);
    };
    return covers(&Subject::cgroup) && covers(&Subject::container);
}

}  // namespace

Subject ReadSubject(const Node& node, MapKind kind, std::string_view what, const Accounts& accounts,
                    Work* expansion, Diagnostics* diagnostics) {
    Subject subject;
    if (!CheckMap(node, kind, what, diagnostics)) return subject;
    if (node.entries.empty()) {
        diagnostics->Error(node.where, fmt::format(message::kEmptySubject, what),
                           message::kHintEmptySubject);
    }
    ReadSelectors(
        node, [](blf_by by) { return !IsDetail(by); }, accounts, expansion, &subject, diagnostics);
    if (kind == MapKind::kException) {
        ReadTarget(node, accounts, expansion, &subject, diagnostics);
    }
    return subject;
}

void ReadTarget(const Node& node, const Accounts& accounts, Work* expansion, Subject* details,
                Diagnostics* diagnostics) {
    ReadSelectors(
        node, [](blf_by by) { return IsOfTarget(by); }, accounts, expansion, details, diagnostics);
}

bool CanMatch(const Subject& subject, Work* work) {
    if (subject.cgroup.empty() || subject.container.empty() || IsEverything(subject.container)) {
        return true;
    }
    return SomePathIs({&subject.cgroup, &subject.container}, nullptr, Trees::kMounted, work)
        .value_or(true);
}

bool Covers(const Subject& outer, const Subject& inner, Work* work) {
    for (const Selector<Ranges>& selector : kNumberSelectors) {
        const Ranges& wanted = outer.*selector.field;
        const Ranges& given = inner.*selector.field;
        if (wanted.empty()) continue;
        // A process may be in no group and hold no capability.
        const bool is_set = selector.dimension >= BLF_VALUES_END;
        const uint32_t last = LargestOf(selector.dimension);
        if (given.empty() && is_set) return false;
        if (!CoversRanges(wanted, given.empty() ? Ranges{{0, last}} : given)) return false;
    }
    for (const Selector<Patterns>& selector : kPathSelectors) {
        const Patterns& wanted = outer.*selector.field;
        const Patterns& given = inner.*selector.field;
        if (wanted.empty() || selector.dimension == BLF_BY_CGROUP) continue;
        // A kernel thread has no executable, so even `/**` does not cover a subject without `exe`.
        if (given.empty() || !CoversPatterns(wanted, given, work)) return false;
    }
    return CoversCgroups(outer, inner, work);
}

}  // namespace bailiff::policy
