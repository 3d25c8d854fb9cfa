// SPDX-License-Identifier: Apache-2.0
#include "policy/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "policy/fields.h"
#include "policy/messages.h"
#include "policy/suggest.h"
#include "policy/utf8.h"

namespace bailiff::policy {
namespace {

struct Word {
    std::string_view word;
    std::vector<std::string_view> prefixes;
};

// RFC 1122 3.2.1.3 and 4291 2.5.3; RFC 1918 and 4193; RFC 3927 and 4291 2.5.6; the addresses at
// which clouds tell a machine about itself, its credentials too.
const std::vector<Word>& Words() {
    static const std::vector<Word> kWords = {
        {"localhost", {"127.0.0.0/8", "::1/128"}},
        {"private", {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"}},
        {"link-local", {"169.254.0.0/16", "fe80::/10"}},
        {"metadata", {"169.254.169.254/32", "fd00:ec2::254/128"}},
    };
    return kWords;
}

uint64_t BigEndian(const unsigned char* bytes, size_t count) {
    uint64_t word = 0;
    for (size_t i = 0; i < count; i++) word = word << 8 | bytes[i];
    return word;
}

// Of a prefix that lies within ::ffff:0:0/96, what is left of it.
void MakePlain(AddressPrefix* prefix) {
    if (prefix->version != 6 || prefix->length < 96 || prefix->word[0] != 0 ||
        prefix->word[1] >> 32 != 0xffff) {
        return;
    }
    prefix->version = 4;
    prefix->length -= 96;
    prefix->word = {prefix->word[1] << 32, 0};
}

// Digits alone, and no 0 before others.
std::optional<uint32_t> LengthOf(std::string_view digits, uint32_t most) {
    uint32_t length = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), length);
    const bool good = error == std::errc{} && end == digits.end() &&
                      (digits.size() == 1 || digits[0] != '0') && length <= most;
    if (!good) return std::nullopt;
    return length;
}

// Neither resolved nor cut: as it stands.
std::optional<AddressPrefix> WholeAddress(std::string_view text) {
    const std::string copy(text);
    std::array<unsigned char, 16> bytes{};
    AddressPrefix address;
    if (inet_pton(AF_INET, copy.c_str(), bytes.data()) == 1) {
        address.word[0] = BigEndian(bytes.data(), 4) << 32;
        address.length = AddressBits(4);
        return address;
    }
    if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) != 1) return std::nullopt;
    address.version = 6;
    address.word = {BigEndian(bytes.data(), 8), BigEndian(bytes.data() + 8, 8)};
    address.length = AddressBits(6);
    return address;
}

bool LooksLikeHost(std::string_view text) {
    return std::ranges::any_of(text, [](char letter) {
        return (letter >= 'g' && letter <= 'z') || (letter >= 'G' && letter <= 'Z');
    });
}

void TellNoAddress(const Node& node, Diagnostics* diagnostics) {
    std::vector<std::string_view> words;
    for (const Word& one : Words()) words.push_back(one.word);
    const std::string_view near = Closest(node.value, words);
    const std::string shown = Shorten(node.value);
    if (!near.empty()) {
        diagnostics->Error(node.where, fmt::format(message::kBadAddress, shown),
                           fmt::format(message::kHintDidYouMean, near));
    } else if (LooksLikeHost(node.value)) {
        diagnostics->Error(node.where, fmt::format(message::kHostName, shown),
                           message::kHintHostName);
    } else {
        diagnostics->Error(node.where, fmt::format(message::kBadAddress, shown),
                           fmt::format(message::kHintBadAddress, ListWords(words)));
    }
}

std::optional<AddressPrefix> ReadPrefix(const Node& node, Diagnostics* diagnostics) {
    const std::string_view text = node.value;
    const size_t slash = text.find('/');
    std::optional<AddressPrefix> prefix = WholeAddress(text.substr(0, slash));
    if (!prefix) {
        TellNoAddress(node, diagnostics);
        return std::nullopt;
    }
    if (slash != std::string_view::npos) {
        const uint32_t most = AddressBits(prefix->version);
        const auto length = LengthOf(text.substr(slash + 1), most);
        if (!length) {
            diagnostics->Error(node.where, fmt::format(message::kBadLength, Shorten(text)),
                               fmt::format(message::kHintBadLength, most));
            return std::nullopt;
        }
        AddressPrefix cut = *prefix;
        cut.length = *length;
        for (uint32_t i = 0; i < 2; i++) cut.word[i] &= LeadingBits(*length, i);
        if (cut.word != prefix->word) {
            diagnostics->Error(node.where, fmt::format(message::kBitsBehind, Shorten(text)),
                               fmt::format(message::kHintBitsBehind, AddressText(cut)));
            return std::nullopt;
        }
        prefix = cut;
    }
    MakePlain(&*prefix);
    return prefix;
}

}  // namespace

bool Contains(const AddressPrefix& outer, const AddressPrefix& inner) {
    if (outer.version != inner.version || outer.length > inner.length) return false;
    for (uint32_t i = 0; i < 2; i++) {
        if (((outer.word[i] ^ inner.word[i]) & LeadingBits(outer.length, i)) != 0) return false;
    }
    return true;
}

AddressPrefix AddressOf(uint32_t version, const std::array<uint64_t, 2>& word) {
    AddressPrefix address{.word = word, .version = version, .length = AddressBits(version)};
    MakePlain(&address);
    return address;
}

std::optional<AddressPrefix> AddressOf(std::string_view text) {
    std::optional<AddressPrefix> address = WholeAddress(text);
    if (address) {
        address->text = text;
        MakePlain(&*address);
    }
    return address;
}

std::string AddressText(const AddressPrefix& prefix) {
    std::array<unsigned char, 16> bytes{};
    for (size_t i = 0; i < bytes.size(); i++) {
        bytes[i] = static_cast<unsigned char>(prefix.word[i / 8] >> (56 - i % 8 * 8));
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(prefix.version == 4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
    const bool whole = prefix.length == AddressBits(prefix.version);
    return whole ? std::string(text.data()) : fmt::format("{}/{}", text.data(), prefix.length);
}

std::vector<AddressPrefix> ReadAddress(const Node& node, Diagnostics* diagnostics) {
    const auto found = std::ranges::find(Words(), std::string_view(node.value), &Word::word);
    std::vector<AddressPrefix> prefixes;
    if (found != Words().end()) {
        for (const std::string_view text : found->prefixes) {
            Node one = node;
            one.value = text;
            prefixes.push_back(*ReadPrefix(one, diagnostics));
        }
    } else if (auto prefix = ReadPrefix(node, diagnostics)) {
        prefixes.push_back(std::move(*prefix));
    }
    for (AddressPrefix& prefix : prefixes) {
        prefix.text = node.value;
        prefix.where = node.where;
    }
    return prefixes;
}

}  // namespace bailiff::policy
