// SPDX-License-Identifier: Apache-2.0
#include "policy/words.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <iterator>

#include "abi/operation.h"

namespace bailiff::policy {
namespace {

constexpr std::string_view kOperationWords[] = {
#define BLF_OPERATION(id, word, ask, meaning) word,
#include "abi/operations.def"
#undef BLF_OPERATION
};
static_assert(std::size(kOperationWords) == BLF_OPERATION_COUNT);

// What programs are prepared to get from the calls that rules deny.
#define ERRNOS(X)                                                                                 \
    X(EPERM)                                                                                      \
    X(EACCES) X(ENOENT) X(EIO) X(ENXIO) X(EBADF) X(ENOMEM) X(EBUSY) X(EEXIST) X(EXDEV) X(ENODEV)  \
        X(ENOTDIR) X(EISDIR) X(EINVAL) X(EMFILE) X(ENOTTY) X(ETXTBSY) X(EFBIG) X(ENOSPC) X(EROFS) \
            X(EMLINK) X(EPIPE) X(ENAMETOOLONG) X(ENOSYS) X(ELOOP) X(EOPNOTSUPP) X(EADDRNOTAVAIL)  \
                X(ENETDOWN) X(ENETUNREACH) X(ECONNREFUSED) X(EHOSTUNREACH) X(ETIMEDOUT) X(ESTALE) \
                    X(EDQUOT) X(ENOMEDIUM) X(EKEYREJECTED)

#define WORD(name) #name,
constexpr std::string_view kErrnoWords[] = {ERRNOS(WORD)};
#undef WORD
#define NUMBER(name) name,
constexpr int kErrnoNumbers[] = {ERRNOS(NUMBER)};
#undef NUMBER
#undef ERRNOS

template <typename Table, typename Value>
std::optional<size_t> IndexOf(const Table& table, const Value& value) {
    const auto found = std::ranges::find(table, value);
    if (found == std::end(table)) return std::nullopt;
    return static_cast<size_t>(found - std::begin(table));
}

}  // namespace

std::span<const std::string_view> OperationWords() {
    return kOperationWords;
}

std::optional<unsigned> OperationByWord(std::string_view word) {
    const std::optional<size_t> index = IndexOf(kOperationWords, word);
    if (!index) return std::nullopt;
    return static_cast<unsigned>(*index);
}

std::span<const std::string_view> ErrnoWords() {
    return kErrnoWords;
}

std::optional<int> ErrnoByWord(std::string_view word) {
    const std::optional<size_t> index = IndexOf(kErrnoWords, word);
    if (!index) return std::nullopt;
    return kErrnoNumbers[*index];
}

std::string_view ErrnoWord(int error) {
    const std::optional<size_t> index = IndexOf(kErrnoNumbers, error);
    return index ? kErrnoWords[*index] : std::string_view{};
}

}  // namespace bailiff::policy
