// SPDX-License-Identifier: Apache-2.0
#include "enforce/kernel_symbols.h"

#include <charconv>

#include "base/file.h"

namespace bailiff::enforce {
namespace {

// What begins the line in which something was found at `at`: the address, in hexadecimal.
uint64_t AddressInLine(std::string_view lines, size_t at) {
    const size_t end = lines.rfind('\n', at);
    const char* begin = lines.data() + (end == std::string_view::npos ? 0 : end + 1);
    uint64_t address = 0;
    std::from_chars(begin, lines.data() + at, address, 16);
    return address;
}

}  // namespace

uint64_t AddressOf(std::string_view symbol, const std::string& list) {
    const Result<std::string> text = ReadFile(list);
    if (!text) return 0;
    // A module's symbol is followed by the module.
    const std::string wanted = " " + std::string(symbol) + "\n";
    const size_t at = text->find(wanted);
    if (at == std::string::npos || text->find(wanted, at + 1) != std::string::npos) return 0;
    return AddressInLine(*text, at);
}

}  // namespace bailiff::enforce
