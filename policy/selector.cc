// SPDX-License-Identifier: Apache-2.0
#include "policy/selector.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/coverage.h"
#include "policy/fields.h"
#include "policy/messages.h"
#include "policy/parse_path.h"
#include "policy/utf8.h"

namespace bailiff::policy {
namespace {

// (uid_t)-1 means "no user" to the kernel.
constexpr uint32_t kLargestUid = 4294967294;

bool IsNumber(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The number at `offset` of the scalar's value. Octal, which a leading 0 could mean, is refused.
std::optional<uint32_t> ReadNumber(const Node& node, std::string_view digits, size_t offset,
                                   Diagnostics* diagnostics) {
    const Span where = node.At(offset, digits.size());
    if (digits.size() > 1 && digits[0] == '0') {
        diagnostics->Error(where, fmt::format(message::kBadUid, Shorten(digits)),
                           message::kHintBadUid);
        return std::nullopt;
    }
    uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), number);
    if (error != std::errc{} || end != digits.end() || number > kLargestUid) {
        diagnostics->Error(where, fmt::format(message::kUidTooLarge, Shorten(digits)),
                           message::kHintUidTooLarge);
        return std::nullopt;
    }
    return number;
}

std::optional<UidRange> ReadRange(const Node& node, size_t dash, Diagnostics* diagnostics) {
    const std::string_view text = node.value;
    const auto first = ReadNumber(node, text.substr(0, dash), 0, diagnostics);
    const auto last = ReadNumber(node, text.substr(dash + 1), dash + 1, diagnostics);
    if (!first || !last) return std::nullopt;
    if (*first > *last) {
        diagnostics->Error(node.where, fmt::format(message::kUidReversed, text),
                           fmt::format(message::kHintUidReversed, *last, *first));
        return std::nullopt;
    }
    return UidRange{*first, *last};
}

// Every uid of `inner` is in one of `outer`, whose ranges may touch and overlap.
bool CoversUids(std::vector<UidRange> outer, const std::vector<UidRange>& inner) {
    std::ranges::sort(outer, {}, &UidRange::first);
    return std::ranges::all_of(inner, [&](const UidRange& range) {
        uint64_t next = range.first;
        for (const UidRange& candidate : outer) {
            if (candidate.first <= next && candidate.last >= next) {
                next = uint64_t{candidate.last} + 1;
            }
        }
        return next > range.last;
    });
}

}  // namespace

std::optional<UidRange> ReadUid(const Node& node, const UserLookup& users,
                                Diagnostics* diagnostics) {
    const std::string_view text = node.value;
    if (IsNumber(text)) {
        const auto number = ReadNumber(node, text, 0, diagnostics);
        if (!number) return std::nullopt;
        return UidRange{*number, *number};
    }
    const size_t dash = text.find('-');
    if (dash != std::string_view::npos && IsNumber(text.substr(0, dash)) &&
        IsNumber(text.substr(dash + 1))) {
        return ReadRange(node, dash, diagnostics);
    }
    if (const std::optional<uint32_t> uid = users(text)) return UidRange{*uid, *uid};
    const bool numeric = text.find_first_not_of("0123456789-xX_., ") == std::string_view::npos;
    diagnostics->Error(node.where,
                       fmt::format(fmt::runtime(numeric ? message::kBadUid : message::kUnknownUser),
                                   Shorten(text)),
                       numeric ? message::kHintBadUid : message::kHintUnknownUser);
    return std::nullopt;
}

Subject ReadSubject(const Node& node, std::string_view what, const UserLookup& users,
                    Work* expansion, Diagnostics* diagnostics) {
    Subject subject;
    if (!CheckMap(node, MapKind::kSubject, what, diagnostics)) return subject;
    if (node.entries.empty()) {
        diagnostics->Error(node.where, fmt::format(message::kEmptySubject, what),
                           message::kHintEmptySubject);
    }
    if (const Node* exe = node.Find("exe")) {
        for (const Node* entry : ListOf(*exe, "exe", "a path or a list of paths", diagnostics)) {
            if (auto pattern = ParsePath(*entry, expansion, diagnostics)) {
                subject.exe.push_back(std::move(*pattern));
            }
        }
    }
    if (const Node* uid = node.Find("uid")) {
        for (const Node* entry : ListOf(*uid, "uid", "a user or a list of users", diagnostics)) {
            if (auto range = ReadUid(*entry, users, diagnostics)) subject.uid.push_back(*range);
        }
    }
    return subject;
}

bool Covers(const Subject& outer, const Subject& inner, Work* work) {
    const std::vector<UidRange> everyone = {{0, kLargestUid}};
    if (!outer.uid.empty() && !CoversUids(outer.uid, inner.uid.empty() ? everyone : inner.uid)) {
        return false;
    }
    if (outer.exe.empty()) return true;
    // A kernel thread has no executable, so even `/**` does not cover a subject without `exe`.
    return !inner.exe.empty() && CoversPaths(outer.exe, inner.exe, work).value_or(false);
}

}  // namespace bailiff::policy
