// SPDX-License-Identifier: Apache-2.0
#include "enforce/kernel_symbols.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/fd.h"

namespace bailiff::enforce {
namespace {

constexpr size_t kPiece = size_t{1} << 13;  // the kernel gives less than this at once

// The lines of a file, a piece at a time: whole lines, however the reads fall.
class Lines {
  public:
    explicit Lines(const std::string& path) : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}

    // Good until the next call. Empty at the end, and after an error.
    std::string_view Next() {
        text_.erase(0, taken_);
        for (;;) {
            const size_t end = text_.rfind('\n');
            taken_ = end == std::string::npos ? 0 : end + 1;
            if (taken_ != 0 || !More()) return {text_.data(), taken_};
        }
    }

  private:
    bool More() {
        const size_t held = text_.size();
        text_.resize(held + kPiece);
        ssize_t got;
        do {
            got = read(file_.get(), text_.data() + held, kPiece);
        } while (got < 0 && errno == EINTR);
        text_.resize(held + (got > 0 ? static_cast<size_t>(got) : 0));
        return got > 0;
    }

    Fd file_;
    std::string text_;
    size_t taken_ = 0;
};

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
    // A module's symbol is followed by the module.
    const std::string wanted = " " + std::string(symbol) + "\n";
    Lines lines(list);
    uint64_t found = 0;
    for (std::string_view piece = lines.Next(); !piece.empty(); piece = lines.Next()) {
        for (;;) {
            const void* hit = memmem(piece.data(), piece.size(), wanted.data(), wanted.size());
            if (hit == nullptr) break;
            if (found != 0) return 0;
            const size_t at = static_cast<size_t>(static_cast<const char*>(hit) - piece.data());
            found = AddressInLine(piece, at);
            piece.remove_prefix(at + wanted.size() - 1);
        }
    }
    return found;
}

}  // namespace bailiff::enforce
