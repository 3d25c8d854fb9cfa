// SPDX-License-Identifier: Apache-2.0
#include "policy/parse_glob.h"

#include <fmt/format.h>

#include <algorithm>
#include <bitset>
#include <charconv>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "abi/limits.h"
#include "policy/messages.h"
#include "policy/utf8.h"

namespace bailiff::policy {
namespace {

using Choices = std::vector<Glob>;

bool IsWordCharacter(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool IsHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

GlobElement OneByte(char c) {
    GlobElement element;
    element.bytes.set(static_cast<unsigned char>(c));
    return element;
}

GlobElement AnyByte() {
    GlobElement element;
    element.bytes.set();
    return element;
}

// Is there a byte among these that a name can have?
bool IsOfNames(std::bitset<256> bytes) {
    bytes.reset('\0');
    bytes.reset('/');
    return bytes.any();
}

size_t Elements(const Choices& choices) {
    size_t elements = 0;
    for (const Glob& glob : choices) elements += glob.size();
    return elements;
}

// Recursive descent. Every function that returns bool has told what is wrong when it returns false.
// What is in braces or behind them is there several times, and each time is paid for.
class Parser {
  public:
    Parser(const Node& node, size_t begin, size_t end, Work* expansion, Diagnostics* diagnostics)
        : node_(node),
          text_(node.value),
          at_(begin),
          end_(end),
          expansion_(expansion),
          diagnostics_(diagnostics) {}

    // Up to the component's end; inside braces, up to their `,` or `}`.
    bool ParseSequence(int depth, Choices* choices) {
        choices->assign(1, Glob{});
        while (at_ < end_) {
            const char c = text_[at_];
            if (depth > 0 && (c == ',' || c == '}')) return true;
            if (c == '{') {
                if (!ParseBraces(depth + 1, choices)) return false;
                continue;
            }
            GlobElement element;
            if (!ParseElement(c, &element)) return false;
            const bool expands = depth > 0 || choices->size() > 1;
            if (expands && !Pay(choices->size())) return false;
            for (Glob& glob : *choices) {
                const bool repeated_star = element.star && !glob.empty() && glob.back().star;
                if (!repeated_star) glob.push_back(element);
            }
        }
        return true;
    }

  private:
    bool Fail(size_t begin, size_t end, std::string message, std::string hint) {
        diagnostics_->Error(node_.At(begin, end - begin), std::move(message), std::move(hint));
        return false;
    }

    bool Pay(size_t elements) {
        const bool told = expansion_->spent();
        if (expansion_->Spend(elements)) return true;
        if (!told) {
            diagnostics_->Error(node_.where, message::kTooManyAlternatives,
                                fmt::format(message::kHintTooManyAlternatives));
        }
        return false;
    }

    bool ParseElement(char c, GlobElement* element) {
        switch (c) {
            case '*':
                return ParseStar(element);
            case '[':
                return ParseSet(element);
            case ']':
            case '}':
                return Fail(at_, at_ + 1, fmt::format(message::kClosesNothing, c),
                            fmt::format(message::kHintLiteral, c));
            case '?':
                *element = AnyByte();
                ++at_;
                return true;
            default:
                return ParseByte(&c) && (*element = OneByte(c), true);
        }
    }

    bool ParseStar(GlobElement* element) {
        const size_t begin = at_;
        while (at_ < end_ && text_[at_] == '*') ++at_;
        if (at_ - begin > 1) {
            return Fail(begin, at_, message::kInnerDoubleStar, message::kHintInnerDoubleStar);
        }
        element->star = true;
        return true;
    }

    // One byte that stands for itself, or an escaped one.
    bool ParseByte(char* byte) {
        if (text_[at_] == '\\') {
            if (at_ + 1 >= end_) {
                return Fail(at_, end_, message::kEndsInBackslash, message::kHintEndsInBackslash);
            }
            if (text_[at_ + 1] == 'x' && at_ + 3 < end_ && IsHex(text_[at_ + 2]) &&
                IsHex(text_[at_ + 3])) {
                return ParseHexByte(byte);
            }
            if (IsWordCharacter(text_[at_ + 1])) {
                return Fail(at_, at_ + 2, fmt::format(message::kBadEscape, text_[at_ + 1]),
                            message::kHintBadEscape);
            }
            ++at_;
        }
        *byte = text_[at_++];
        return true;
    }

    // `\\xNN`: the byte of that number.
    bool ParseHexByte(char* byte) {
        unsigned char number = 0;
        std::from_chars(&text_[at_ + 2], &text_[at_ + 2] + 2, number, 16);
        if (number == 0 || number == '/') {
            return Fail(at_, at_ + 4, fmt::format(message::kNoNameByte, text_.substr(at_, 4)),
                        message::kHintNoNameByte);
        }
        *byte = static_cast<char>(number);
        at_ += 4;
        return true;
    }

    bool ParseSet(GlobElement* element) {
        const size_t begin = at_++;
        const bool negated = at_ < end_ && (text_[at_] == '!' || text_[at_] == '^');
        if (negated) ++at_;
        const size_t first = at_;
        while (at_ < end_ && text_[at_] != ']') {
            if (!ParseSetMember(element)) return false;
        }
        if (at_ >= end_) {
            return Fail(begin, begin + 1, fmt::format(message::kUnclosed, '['),
                        fmt::format(message::kHintLiteral, '['));
        }
        ++at_;
        if (at_ - 1 == first) {
            const std::string_view set = text_.substr(begin, at_ - begin);
            return Fail(begin, at_, fmt::format(message::kEmptySet, set), message::kHintEmptySet);
        }
        if (negated) element->bytes.flip();
        if (IsOfNames(element->bytes)) return true;
        return Fail(begin, at_, fmt::format(message::kEmptySet, text_.substr(begin, at_ - begin)),
                    message::kHintNothingLeft);
    }

    // `a`, `a-z`, or a `-` that begins or ends the set.
    bool ParseSetMember(GlobElement* element) {
        const size_t begin = at_;
        char first = 0;
        if (!ParseSetByte(&first)) return false;
        char last = first;
        const bool range = at_ + 1 < end_ && text_[at_] == '-' && text_[at_ + 1] != ']';
        if (range) {
            ++at_;
            if (!ParseSetByte(&last)) return false;
        }
        if (static_cast<unsigned char>(last) < static_cast<unsigned char>(first)) {
            return Fail(begin, at_, fmt::format(message::kReversedRange, first, last),
                        fmt::format(message::kHintReversedRange, last, first));
        }
        for (char c = first;; ++c) {
            element->bytes.set(static_cast<unsigned char>(c));
            if (c == last) return true;
        }
    }

    bool ParseSetByte(char* byte) {
        const size_t length = DecodeUtf8(text_, at_).length;
        if (length > 1) {
            return Fail(at_, at_ + length, message::kWideSetMember,
                        fmt::format(message::kHintWideSetMember));
        }
        return ParseByte(byte);
    }

    bool ParseBraces(int depth, Choices* choices) {
        const size_t begin = at_;
        if (depth > kMaxBraces) {
            return Fail(begin, begin + 1, fmt::format(message::kBracesTooDeep, kMaxBraces),
                        fmt::format(message::kHintBracesTooDeep));
        }
        Choices alternatives;
        size_t count = 0;
        std::unordered_set<std::string_view> texts;
        do {
            const size_t from = ++at_;  // behind the `{` or `,`
            Choices sequence;
            if (!ParseSequence(depth, &sequence)) return false;
            ++count;
            const std::string_view text = text_.substr(from, at_ - from);
            if (!texts.insert(text).second) {
                return Fail(from, at_, fmt::format(message::kRepeatedChoice, Shorten(text)),
                            message::kHintRepeatedChoice);
            }
            std::ranges::move(sequence, std::back_inserter(alternatives));
        } while (at_ < end_ && text_[at_] == ',');
        if (at_ >= end_) {
            return Fail(begin, begin + 1, fmt::format(message::kUnclosed, '{'),
                        fmt::format(message::kHintLiteral, '{'));
        }
        ++at_;
        if (count == 1) {
            const std::string braces = Shorten(text_.substr(begin, at_ - begin));
            return Fail(begin, at_, fmt::format(message::kOneChoice, braces),
                        fmt::format(message::kHintOneChoice));
        }
        return Multiply(begin, alternatives, choices);
    }

    // Each choice so far, continued by each alternative.
    bool Multiply(size_t begin, const Choices& alternatives, Choices* choices) {
        if (alternatives.size() * choices->size() > kMaxChoices) {
            return Fail(begin, at_, fmt::format(message::kTooManyChoices, kMaxChoices),
                        message::kHintTooManyChoices);
        }
        const size_t heads = Elements(*choices) * alternatives.size();
        if (!Pay(heads + Elements(alternatives) * choices->size())) return false;
        Choices product;
        for (const Glob& head : *choices) {
            for (const Glob& tail : alternatives) {
                Glob glob = head;
                const bool stars_meet =
                    !head.empty() && !tail.empty() && head.back().star && tail.front().star;
                glob.insert(glob.end(), tail.begin() + (stars_meet ? 1 : 0), tail.end());
                product.push_back(std::move(glob));
            }
        }
        *choices = std::move(product);
        return true;
    }

    const Node& node_;
    std::string_view text_;
    size_t at_;
    size_t end_;
    Work* expansion_;
    Diagnostics* diagnostics_;
};

// Refuses a glob that no name of a file can match.
bool CanMatch(const Glob& glob, const Span& where, Diagnostics* diagnostics) {
    if (glob.empty()) {
        diagnostics->Error(where, message::kEmptyChoice, message::kHintEmptyChoice);
        return false;
    }
    const auto shortest = std::ranges::count(glob, false, &GlobElement::star);
    if (shortest > BLF_NAME_MAX) {
        diagnostics->Error(where, fmt::format(message::kNameTooLong, shortest),
                           message::kHintNameTooLong);
        return false;
    }
    std::string name;
    if (IsLiteral(glob, &name) && (name == "." || name == "..")) {
        diagnostics->Error(where, fmt::format(message::kDotComponent, name),
                           message::kHintDotComponent);
        return false;
    }
    return true;
}

}  // namespace

std::optional<std::vector<Glob>> ParseGlob(const Node& node, size_t begin, size_t end,
                                           Work* expansion, Diagnostics* diagnostics) {
    Choices choices;
    if (!Parser(node, begin, end, expansion, diagnostics).ParseSequence(0, &choices))
        return std::nullopt;
    Choices distinct;
    for (Glob& glob : choices) {
        if (!CanMatch(glob, node.At(begin, end - begin), diagnostics)) return std::nullopt;
        if (std::ranges::find(distinct, glob) == distinct.end()) {
            distinct.push_back(std::move(glob));
        }
    }
    return distinct;
}

std::optional<Component> ParseComponent(const Node& node, size_t begin, size_t end, Work* expansion,
                                        Diagnostics* diagnostics) {
    const std::string_view text = std::string_view(node.value).substr(begin, end - begin);
    Component component;
    if (!text.empty() && text.size() <= BLF_NAME_MAX && text != "." && text != ".." &&
        text.find_first_of("*?[]{}\\") == std::string_view::npos) {
        component.name = text;
        return component;
    }
    std::optional<std::vector<Glob>> choices = ParseGlob(node, begin, end, expansion, diagnostics);
    if (!choices) return std::nullopt;
    if (choices->size() != 1 || !IsLiteral(choices->front(), &component.name)) {
        component.choices = std::move(*choices);
    }
    return component;
}

}  // namespace bailiff::policy
