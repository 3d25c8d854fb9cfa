// SPDX-License-Identifier: Apache-2.0
#include "policy/image_writer.h"

#include "policy/image_seam.h"
// after the seam
#include "decide/name.h"

namespace bailiff::policy {

uint32_t NameTable::IndexOf(std::string_view name) {
    auto [number, is_new] = index_.FindOrAdd(
        HashBytes(name), static_cast<uint32_t>(names_.size()), [&](uint32_t known) {
            auto [word, length] = names_[known];
            return length == name.size() && std::memcmp(&words_[word], name.data(), length) == 0;
        });
    if (!is_new) return names_[number].first;
    uint32_t need = blf_name_words(static_cast<uint32_t>(name.size()));
    size_t room = 8 - words_.size() % 8;
    if (need > room && room < 8) words_.resize(words_.size() + room);
    auto at = static_cast<uint32_t>(words_.size());
    words_.resize(words_.size() + need);
    std::memcpy(&words_[at], name.data(), name.size());
    names_.emplace_back(at, static_cast<uint32_t>(name.size()));
    return at;
}

uint32_t TextTable::IndexOf(std::string_view text) {
    if (text.empty()) return 0;
    auto known = index_.find(text);
    if (known != index_.end()) return known->second;
    auto at = static_cast<uint32_t>(bytes_.size());
    bytes_.append(text);
    bytes_ += '\0';
    index_.emplace(text, at);
    return at;
}

}  // namespace bailiff::policy
