// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bailiff::policy {

// A place in a policy's text. Lines and columns count from 1; columns count bytes.
// `length` is how many bytes the caret underlines (at least 1), all on one line.
struct Span {
    uint32_t file = 0;  // index into Sources
    uint32_t line = 1;
    uint32_t column = 1;
    uint32_t length = 1;
};

struct Source {
    std::string name;  // as the user gave it, for messages
    std::string text;
    // What an image remembers of it, to be read from any directory: an absolute path. Empty: name.
    std::string place = {};
};

inline const std::string& PlaceOf(const Source& source) {
    return source.place.empty() ? source.name : source.place;
}

// The texts that one compilation reads, in the order they were given.
using Sources = std::vector<Source>;

}  // namespace bailiff::policy
