// SPDX-License-Identifier: Apache-2.0
#include <cstddef>

#include "policy/path_pattern.h"

namespace bailiff::policy {

bool IsLiteral(const Glob& glob, std::string* name) {
    std::string bytes;
    for (const GlobElement& element : glob) {
        if (element.star || element.bytes.count() != 1) return false;
        bytes += static_cast<char>(element.bytes._Find_first());
    }
    *name = std::move(bytes);
    return true;
}

Glob LiteralGlob(std::string_view name) {
    Glob glob(name.size());
    for (size_t i = 0; i < name.size(); i++) {
        glob[i].bytes.set(static_cast<unsigned char>(name[i]));
    }
    return glob;
}

bool IsAnyName(const Glob& glob) {
    return glob.size() == 1 && glob[0].star;
}

// After a mismatch only the last star needs to take one byte more: what earlier stars took is as
// short as it can be, and whatever a longer one could reach, the last star can reach too.
bool MatchGlob(const Glob& glob, std::string_view name) {
    constexpr size_t kNone = static_cast<size_t>(-1);
    size_t element = 0;
    size_t byte = 0;
    size_t last_star = kNone;
    size_t star_end = 0;
    while (byte < name.size()) {
        if (element < glob.size() && glob[element].star) {
            last_star = element++;
            star_end = byte;
        } else if (element < glob.size() &&
                   glob[element].bytes[static_cast<unsigned char>(name[byte])]) {
            ++element;
            ++byte;
        } else if (last_star != kNone) {
            element = last_star + 1;
            byte = ++star_end;
        } else {
            return false;
        }
    }
    while (element < glob.size() && glob[element].star) ++element;
    return element == glob.size();
}

}  // namespace bailiff::policy
