// SPDX-License-Identifier: Apache-2.0
#include "policy/read_number.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <vector>

#include "policy/fields.h"
#include "policy/kernel_words.h"
#include "policy/messages.h"
#include "policy/socket_words.h"
#include "policy/suggest.h"
#include "policy/utf8.h"

namespace bailiff::policy {
namespace {

constexpr std::string_view kUnset = "unset";

// By number.
constexpr std::string_view kSessions[] = {"none", "tty"};
constexpr std::string_view kUserNamespaces[] = {"host", "other"};
constexpr std::string_view kCapabilities[] = {
#define BLF_CAPABILITY(name, number) #name,
#include "abi/capabilities.def"
#undef BLF_CAPABILITY
};

#define BLF_CAPABILITY(name, number) static_assert(kCapabilities[number] == #name);
#include "abi/capabilities.def"
#undef BLF_CAPABILITY

bool IsNumber(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The largest number that these can have.
uint32_t LargestNumber(blf_by dimension) {
    constexpr uint32_t kSixteenBits = 65535;
    if (dimension == BLF_BY_OPTION) return BLF_NO_VALUE - 1;
    return IsDetail(dimension) ? kSixteenBits : kLargestId;
}

// Of what may also be given as a number.
std::span<const NumberedWord> NumberedWordsOf(blf_by dimension) {
    if (dimension == BLF_BY_PROTOCOL) return Protocols();
    if (dimension == BLF_BY_OPTION) return PrctlOptions();
    return {};
}

// Users, groups, ports, protocols and options, by number or by name.
class IdReader {
  public:
    IdReader(const Node& node, blf_by dimension, const Accounts& accounts, Diagnostics* diagnostics)
        : node_(node),
          dimension_(dimension),
          is_group_(dimension == BLF_BY_GID),
          accounts_(accounts),
          diagnostics_(diagnostics) {}

    std::optional<NumberRange> Read() {
        const std::string_view text = node_.value;
        if (IsNumber(text)) {
            const auto number = ReadDigits(text, 0);
            if (!number) return std::nullopt;
            return NumberRange{*number, *number};
        }
        const size_t dash = text.find('-');
        if (dash != std::string_view::npos && IsNumber(text.substr(0, dash)) &&
            IsNumber(text.substr(dash + 1))) {
            return ReadRange(dash);
        }
        return ReadName();
    }

  private:
    std::string_view What() const {
        if (IsDetail(dimension_)) return NumberSelector(dimension_).word;
        return is_group_ ? "group" : "user";
    }

    void TellBadSocketNumber(const Span& where, std::string_view text) {
        diagnostics_->Error(where, fmt::format(message::kBadSocketNumber, Shorten(text), What()),
                            fmt::format(message::kHintBadSocketNumber, LargestNumber(dimension_),
                                        dimension_ == BLF_BY_PORT ? "8000-8999" : "6-17"));
    }

    // The number at `offset` of the scalar's value. Octal, which a leading 0 could mean, is
    // refused.
    std::optional<uint32_t> ReadDigits(std::string_view digits, size_t offset) {
        const Span where = node_.At(offset, digits.size());
        const bool octal = digits.size() > 1 && digits[0] == '0';
        if (octal && !IsDetail(dimension_)) {
            diagnostics_->Error(where, fmt::format(message::kBadId, Shorten(digits), What()),
                                message::kHintBadId);
            return std::nullopt;
        }
        uint32_t number = 0;
        const auto [end, error] = std::from_chars(digits.begin(), digits.end(), number);
        const bool good = error == std::errc{} && end == digits.end() &&
                          number <= LargestNumber(dimension_) && !octal;
        if (!good && IsDetail(dimension_)) {
            TellBadSocketNumber(where, digits);
            return std::nullopt;
        }
        if (!good) {
            diagnostics_->Error(where, fmt::format(message::kIdTooLarge, What(), Shorten(digits)),
                                fmt::format(message::kHintIdTooLarge, What()));
            return std::nullopt;
        }
        return number;
    }

    std::optional<NumberRange> ReadRange(size_t dash) {
        const std::string_view text = node_.value;
        const auto first = ReadDigits(text.substr(0, dash), 0);
        const auto last = ReadDigits(text.substr(dash + 1), dash + 1);
        if (!first || !last) return std::nullopt;
        if (*first > *last) {
            diagnostics_->Error(node_.where, fmt::format(message::kRangeReversed, text),
                                fmt::format(message::kHintRangeReversed, *last, *first));
            return std::nullopt;
        }
        return NumberRange{*first, *last};
    }

    std::optional<NumberRange> ReadNumbered(std::span<const NumberedWord> numbered) {
        const auto found = std::ranges::find(numbered, node_.value, &NumberedWord::word);
        if (found != numbered.end()) return NumberRange{found->number, found->number};
        std::vector<std::string_view> words;
        for (const NumberedWord& one : numbered) words.push_back(one.word);
        TellUnknown(node_, fmt::format(message::kUnknownWord, What(), "{}"), words,
                    fmt::format(message::kHintWords, ListWords(words)), diagnostics_);
        return std::nullopt;
    }

    std::optional<NumberRange> ReadName() {
        const std::string_view text = node_.value;
        if (const auto numbered = NumberedWordsOf(dimension_); !numbered.empty()) {
            return ReadNumbered(numbered);
        }
        if (dimension_ == BLF_BY_PORT) {
            TellBadSocketNumber(node_.where, text);
            return std::nullopt;
        }
        const NameLookup& look = is_group_ ? accounts_.group : accounts_.user;
        if (const std::optional<uint32_t> id = look(text)) return NumberRange{*id, *id};
        const bool numeric = text.find_first_not_of("0123456789-xX_., ") == std::string_view::npos;
        if (numeric) {
            diagnostics_->Error(node_.where, fmt::format(message::kBadId, Shorten(text), What()),
                                message::kHintBadId);
        } else {
            diagnostics_->Error(node_.where,
                                fmt::format(message::kUnknownAccount, What(), Shorten(text)),
                                message::kHintUnknownAccount);
        }
        return std::nullopt;
    }

    const Node& node_;
    blf_by dimension_;
    bool is_group_;
    const Accounts& accounts_;
    Diagnostics* diagnostics_;
};

// A capability as people spell it: CAP_NET_ADMIN, net_admin.
std::string Lowered(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return lower.starts_with("cap_") ? lower.substr(4) : lower;
}

std::optional<NumberRange> ReadWord(const Node& node, const Selector<Ranges>& selector,
                                    Diagnostics* diagnostics) {
    const std::span<const std::string_view> words = WordsOf(selector.dimension);
    const bool capability = WordsOf(selector.dimension).data() == std::data(kCapabilities);
    const std::string text = capability ? Lowered(node.value) : node.value;
    const auto found = std::ranges::find(words, text);
    if (found != words.end()) {
        const auto number = static_cast<uint32_t>(found - words.begin());
        return NumberRange{number, number};
    }
    uint32_t signal = 0;
    if (selector.dimension == BLF_BY_SIGNAL && IsNumber(text) &&
        std::from_chars(text.data(), text.data() + text.size(), signal).ec == std::errc{} &&
        signal < words.size()) {
        return NumberRange{signal, signal};
    }
    const std::string_view near = Closest(text, words);
    const std::string_view what = capability ? "capability" : selector.word;
    diagnostics->Error(node.where, fmt::format(message::kUnknownWord, what, Shorten(node.value)),
                       near.empty() ? fmt::format(message::kHintWords, ListWords(words))
                                    : fmt::format(message::kHintDidYouMean, near));
    return std::nullopt;
}

}  // namespace

std::span<const std::string_view> WordsOf(blf_by dimension) {
    switch (OfAsker(dimension)) {
        case BLF_BY_SESSION:
            return kSessions;
        case BLF_BY_USER_NAMESPACE:
            return kUserNamespaces;
        case BLF_BY_CAPABILITY:
        case BLF_BY_USED_CAPABILITY:
            return kCapabilities;
        case BLF_BY_PTRACE_ACCESS:
            return PtraceAccessWords();
        case BLF_BY_SIGNAL:
            return SignalWords();
        case BLF_BY_RESOURCE:
            return ResourceWords();
        case BLF_BY_FAMILY:
            return FamilyWords();
        case BLF_BY_SOCKET_TYPE:
            return SocketTypeWords();
        case BLF_BY_LOCKDOWN:
            return LockdownWords();
        case BLF_BY_COMMAND:
            return BpfCommandWords();
        case BLF_BY_PROGRAM_TYPE:
            return BpfProgramWords();
        case BLF_BY_MAP_TYPE:
            return BpfMapWords();
        case BLF_BY_MOUNT_FLAG:
            return MountFlagWords();
        default:
            return {};
    }
}

std::optional<NumberRange> ReadNumber(const Node& node, const Selector<Ranges>& selector,
                                      const Accounts& accounts, Diagnostics* diagnostics) {
    const blf_by by = OfAsker(selector.dimension);
    if (!WordsOf(by).empty()) return ReadWord(node, selector, diagnostics);
    if (by == BLF_BY_LOGIN_UID && node.value == kUnset) {
        return NumberRange{BLF_NO_LOGIN, BLF_NO_LOGIN};
    }
    return IdReader(node, by, accounts, diagnostics).Read();
}

std::string NumberText(blf_by dimension, NumberRange range) {
    const std::span<const std::string_view> words = WordsOf(dimension);
    if (range.first < words.size()) return std::string(words[range.first]);
    for (const NumberedWord& one : NumberedWordsOf(dimension)) {
        if (one.number == range.first && range.first == range.last) return std::string(one.word);
    }
    const bool login = OfAsker(dimension) == BLF_BY_LOGIN_UID;
    if (login && range.first == BLF_NO_LOGIN) return std::string(kUnset);
    if (range.first == range.last) return fmt::format("{}", range.first);
    return fmt::format("{}-{}", range.first, range.last);
}

const Selector<Ranges>& NumberSelector(blf_by dimension) {
    return *std::ranges::find(kNumberSelectors, dimension, &Selector<Ranges>::dimension);
}

}  // namespace bailiff::policy
